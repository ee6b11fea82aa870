/// Who asked for what, when, and whether it was allowed: the file `audit.jsonl`, to which lines are
/// only added, each with the hash of the one before (docs/audit.md). Uses `journal`, `files` and
/// `messages`.
@NullMarked
package io.steward.agent.audit;

import org.jspecify.annotations.NullMarked;
