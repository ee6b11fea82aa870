/// Running operating-system commands: starting them, reading what they print, and ending the whole
/// of their process tree. Only this package starts processes for methods. Uses `messages` and, of
/// the agent, only the cancellation of `method`.
@NullMarked
package io.steward.agent.method.exec;

import org.jspecify.annotations.NullMarked;
