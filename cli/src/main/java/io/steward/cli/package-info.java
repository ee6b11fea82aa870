/// The command line: one file for each command or group of commands. Talks to an agent over its
/// HTTP API, and starts one. Of the agent it uses `app`, `settings`, and of `http` what says where
/// an agent is.
@NullMarked
package io.steward.cli;

import org.jspecify.annotations.NullMarked;
