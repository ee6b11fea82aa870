/// What the machine is that an agent runs on: [io.steward.agent.facts.Facts], gathered by
/// [io.steward.agent.facts.FactSource] from the JDK and from files below `/proc`, `/sys` and
/// `/etc`. Starts no process, asks no network, and uses nothing else of Steward.
@NullMarked
package io.steward.agent.facts;

import org.jspecify.annotations.NullMarked;
