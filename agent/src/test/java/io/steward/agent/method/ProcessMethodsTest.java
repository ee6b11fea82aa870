package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.agent.kernel.ProcessInfo.Kind;
import io.steward.agent.kernel.ProcessInfo.Status;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class ProcessMethodsTest {
    private static final String OWN = "root/inbox/ship1.command.processstop.kernel";

    private final FakeKernel kernel =
            new FakeKernel()
                    .with("root", Kind.SUPERVISOR, Status.RUNNING)
                    .with("root/a", Kind.PROCESS, Status.BACKING_OFF, FakeKernel.error())
                    .with("root/inbox", Kind.SUPERVISOR, Status.RUNNING)
                    .with(OWN, Kind.PROCESS, Status.RUNNING);

    private static Outcome run(Method method, String... data) throws Exception {
        return method.run(
                Messages.command(method.spec().name(), data), Messages.context(Path.of(".")));
    }

    private static String text(Outcome outcome) {
        return outcome.printed().stdout().text();
    }

    @Test
    void theListIsTheTreeAsJson() throws Exception {
        String list = text(run(new ProcessList(kernel)));
        assertThat(list)
                .startsWith(
                        "[{\"path\":\"root\",\"kind\":\"supervisor\",\"status\":\"running\",\"since\":\"2026-11-20T10:00:00Z\",\"handled\":7,\"restarts\":1,\"mailbox\":2},{\"path\":\"root/a\",\"kind\":\"process\",\"status\":\"backing"
                            + " off\"")
                .contains("\"doing\":\"fetching\",\"cause\":\"Boom: x\"")
                .endsWith("}]\n");
    }

    @Test
    void aProcessIsStoppedStartedAndRestarted() throws Exception {
        assertThat(text(run(ProcessChange.stop(kernel), "a")))
                .isEqualTo("root/a was backing off, is stopped\n");
        assertThat(text(run(ProcessChange.start(kernel), "root/a")))
                .isEqualTo("root/a was stopped, is running\n");
        assertThat(text(run(ProcessChange.restart(kernel), "root/a")))
                .isEqualTo("root/a was running, is running\n");
    }

    @Test
    void anUnknownProcessIsRefused() throws Exception {
        assertThat(run(ProcessChange.start(kernel), "b"))
                .isEqualTo(
                        new Outcome.Refused(
                                "data: no process \"b\", or more than one of that name; processlist"
                                        + " shows the paths"));
    }

    @Test
    void aCommandDoesNotEndWhatItRunsIn() throws Exception {
        for (String path : new String[] {OWN, "root/inbox", "root"}) {
            assertThat(run(ProcessChange.stop(kernel), path)).isInstanceOf(Outcome.Refused.class);
        }
    }
}
