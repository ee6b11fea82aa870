package io.steward.agent.kernel;

/// How the run of a body has ended, when nobody had told it to stop.
enum Ending {
    RETURNED,
    /// It was told to restart, and does so.
    RESTART_ASKED,
    CRASHED
}
