/// Messages that are sent again and again: when they fire, what becomes of missed firings, and the
/// process that fires them. Uses `journal` and `kernel`.
@NullMarked
package io.steward.agent.schedule;

import org.jspecify.annotations.NullMarked;
