package io.steward.agent.kernel;

/// How bad an error is for the process that reports it.
public enum Severity {
    /// One message or one try is affected; the process can go on.
    WARNING,
    /// What it is for does not work now; trying again may help.
    ERROR,
    /// It cannot go on at all.
    FATAL
}
