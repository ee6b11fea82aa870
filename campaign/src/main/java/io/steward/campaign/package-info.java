/// The fault campaign: sends messages between real agents over a real broker, lets things die at
/// random, and counts from outside what became of each message.
@NullMarked
package io.steward.campaign;

import org.jspecify.annotations.NullMarked;
