package io.steward.agent.method.exec;

/// The error numbers of Linux that are told apart.
final class Errno {
    static final int ENOENT = 2;
    static final int EINTR = 4;
    static final int ENOEXEC = 8;
    static final int EACCES = 13;
    static final int ENOTDIR = 20;

    private Errno() {}
}
