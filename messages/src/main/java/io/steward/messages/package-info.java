/// The vocabulary every part of Steward shares: subjects, the envelope, ACKs, the states of a
/// message, and the strict decoders of what people write and of what is on the wire. Uses Jackson
/// and nothing else.
@NullMarked
package io.steward.messages;

import org.jspecify.annotations.NullMarked;
