/// The HTTP API. Only this package imports the HTTP server. Uses `outbox`, `inbox`, `method`,
/// `journal`, `broker`, `kernel` and `settings`.
@NullMarked
package io.steward.agent.http;

import org.jspecify.annotations.NullMarked;
