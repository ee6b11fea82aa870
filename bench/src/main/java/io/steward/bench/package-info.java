/// Benchmarks: what Steward takes, beside what its parts take when they are used bare, in one run.
/// Nothing is asserted on time; ratios are what can be compared between machines.
@NullMarked
package io.steward.bench;

import org.jspecify.annotations.NullMarked;
