package io.steward.agent.audit;

import org.jspecify.annotations.Nullable;

/// Who asks for something.
///
/// @param by in which way: `api`, `file`, `reply`, `schedule`, `run`, or `agent` for what the agent
///   does by itself
/// @param who more exactly: the token, the file, the message, the schedule, the run; null where
///   there is no more to say
public record Asker(String by, @Nullable String who) {
    /// The agent itself.
    public static final Asker AGENT = new Asker("agent", null);

    private static final ScopedValue<Asker> CURRENT = ScopedValue.newInstance();

    /// A caller of the HTTP API.
    ///
    /// @param token the name of its token
    public static Asker api(String token) {
        return new Asker("api", token);
    }

    static Asker file(String which) {
        return new Asker("file", which);
    }

    static Asker reply(String of) {
        return new Asker("reply", of);
    }

    static Asker schedule(String name) {
        return new Asker("schedule", name);
    }

    static Asker run(String id) {
        return new Asker("run", id);
    }

    /// Who asks for what this thread does; [#AGENT] where nobody is known to.
    public static Asker current() {
        return CURRENT.orElse(AGENT);
    }

    /// Something that is done for somebody.
    @FunctionalInterface
    public interface Doing {
        void run() throws Exception;
    }

    /// Does something for this one: what it asks for is written down as asked by it.
    public void does(Doing what) throws Exception {
        ScopedValue.where(CURRENT, this)
                .call(() -> {
                    what.run();
                    return true;
                });
    }
}
