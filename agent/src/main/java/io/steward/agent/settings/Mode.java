package io.steward.agent.settings;

/// How the agent was started; some defaults depend on it.
public enum Mode {
    /// `steward up`: everything on this machine, with a broker of its own, inmsg.txt in the working
    /// folder.
    UP,
    /// `steward agent`: the agent alone, inmsg.txt in the data folder.
    AGENT
}
