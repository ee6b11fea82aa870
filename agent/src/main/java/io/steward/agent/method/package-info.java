/// What a receiver can do: one class per method. Uses `messages`, `settings`, `kernel`, `journal`
/// and `broker`.
@NullMarked
package io.steward.agent.method;

import org.jspecify.annotations.NullMarked;
