/// Who is who: keys (NATS's nkeys, Ed25519), the JSON web tokens in which a fleet says which key
/// has which name and what it may do, and the files that hold them.
@NullMarked
package io.steward.agent.identity;

import org.jspecify.annotations.NullMarked;
