/// Files and folders that only the agent's user may read. Uses nothing of the others.
@NullMarked
package io.steward.agent.files;

import org.jspecify.annotations.NullMarked;
