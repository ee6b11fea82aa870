/// What the targets of the fuzzer share. A target is a class with `fuzzerTestOneInput`, in the
/// package of what it tries; anything it throws is a finding.
@NullMarked
package io.steward.fuzz;

import org.jspecify.annotations.NullMarked;
