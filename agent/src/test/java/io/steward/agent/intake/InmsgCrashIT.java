package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The agent is let die at every step of every scenario, and at some two steps: what was written is
/// taken exactly once, in order.
class InmsgCrashIT {
    private static final String FILE = "inmsg.txt";

    /// Somebody who writes between the looks.
    record Scenario(String name, Writer writer, boolean leases) {
        @Override
        public String toString() {
            return name + (leases ? "" : " without leases");
        }
    }

    interface Writer {
        /// Writes the messages a, b and c.
        void write(Rig rig) throws IOException, InterruptedException;
    }

    static Stream<Scenario> scenarios() {
        return Stream.of(true, false)
                .flatMap(leases ->
                        Stream.of(
                                new Scenario("appends", InmsgCrashIT::appends, leases),
                                new Scenario("renames", InmsgCrashIT::renames, leases),
                                new Scenario("in place", InmsgCrashIT::inPlace, leases),
                                new Scenario("slow", InmsgCrashIT::slow, leases),
                                new Scenario("spoilt", InmsgCrashIT::spoilt, leases),
                                new Scenario("in pieces", InmsgCrashIT::pieces, leases),
                                new Scenario("into the gap", InmsgCrashIT::intoTheGap, leases)));
    }

    private static void appends(Rig rig) throws IOException, InterruptedException {
        rig.append(FILE, Text.of("a"));
        rig.passes(1);
        rig.append(FILE, Text.of("b"));
        rig.append(FILE, Text.of("c"));
        rig.passes(2);
    }

    private static void renames(Rig rig) throws IOException, InterruptedException {
        rig.replace(FILE, Text.of("a"));
        untilEmpty(rig);
        rig.replace(FILE, Text.of("b", "c"));
        rig.passes(2);
    }

    private static void inPlace(Rig rig) throws IOException, InterruptedException {
        rig.write(FILE, Text.of("a"));
        untilEmpty(rig);
        rig.write(FILE, "[oops");
        rig.passes(15);
        rig.write(FILE, Text.of("b", "c"));
        rig.passes(2);
    }

    /// An editor that overwrites what has not been taken yet means it.
    private static void untilEmpty(Rig rig) throws IOException, InterruptedException {
        for (int i = 0; i < 60 && (i == 0 || !isEmpty(rig)); i++) {
            rig.passes(1);
        }
    }

    private static boolean isEmpty(Rig rig) throws IOException {
        return Files.exists(rig.file(FILE)) && Files.size(rig.file(FILE)) == 0;
    }

    /// Something wrong comes just before the claim; whoever wrote it corrects it when it is back.
    private static void spoilt(Rig rig) throws IOException, InterruptedException {
        rig.listener =
                step -> {
                    if (step == Step.BEFORE_CLAIM) {
                        rig.listener = s -> {};
                        append(rig, "[oops]");
                    }
                };
        rig.append(FILE, Text.of("a"));
        rig.passes(20);
        for (int i = 0; i < 60 && !Files.exists(rig.file("inmsg.txt.error")); i++) {
            if (rig.outbox.inputs() > 0) {
                rig.append(FILE, Text.of("b", "c"));
                return;
            }
            rig.passes(1);
        }
        rig.replace(FILE, Text.of("a", "b", "c"));
    }

    private static void append(Rig rig, String text) {
        try {
            rig.append(FILE, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void slow(Rig rig) throws IOException, InterruptedException {
        byte[] text = (Text.of("a") + Text.of("b", "c")).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out =
                Files.newOutputStream(
                        rig.file(FILE), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            for (int i = 0; i < text.length; i += 10) {
                out.write(text, i, Math.min(10, text.length - i));
                rig.passes(1);
            }
        }
    }

    private static void pieces(Rig rig) throws IOException, InterruptedException {
        String text = Text.of("a") + Text.of("b", "c");
        for (int i = 0; i < text.length(); i += 20) {
            rig.append(FILE, text.substring(i, Math.min(text.length(), i + 20)));
            rig.passes(2);
        }
    }

    /// The beginning of b comes just before each claim, its end just after; the file is there again
    /// whenever something is to be put back.
    private static void intoTheGap(Rig rig) throws IOException, InterruptedException {
        String b = Text.of("b");
        int[] state = {0};
        rig.listener =
                step -> {
                    if (step == Step.BEFORE_CLAIM && state[0] == 0) {
                        state[0] = 1;
                        append(rig, b.substring(0, 20));
                    } else if (step == Step.BEFORE_PUT_BACK && state[0] == 1) {
                        state[0] = 2;
                        append(rig, b.substring(20));
                    } else if (step == Step.MERGE_WRITTEN && state[0] == 2) {
                        state[0] = 3;
                        append(rig, Text.of("c"));
                    }
                };
        rig.append(FILE, Text.of("a"));
        rig.passes(40);
        rig.listener = step -> {};
        // What did not find its moment because the agent died comes now.
        if (state[0] == 0) {
            rig.append(FILE, b + Text.of("c"));
        } else if (state[0] == 1) {
            rig.append(FILE, b.substring(20) + Text.of("c"));
        } else if (state[0] == 2) {
            rig.append(FILE, Text.of("c"));
        }
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void isTakenExactlyOnceWhereverTheAgentDies(Scenario scenario, @TempDir Path folder)
            throws Exception {
        int steps = run(scenario, Files.createDirectory(folder.resolve("whole")), -1, -1);
        assertThat(steps).isGreaterThan(4);
        for (int first = 0; first < steps; first++) {
            run(scenario, Files.createDirectory(folder.resolve("at" + first)), first, -1);
            for (int second = 1; second < 4; second += 2) {
                run(
                        scenario,
                        Files.createDirectory(folder.resolve("at" + first + "-" + second)),
                        first,
                        second);
            }
        }
    }

    @Test
    void theScenariosGoThroughEveryStepOfInmsg(@TempDir Path folder) throws Exception {
        Set<Step> seen = EnumSet.noneOf(Step.class);
        for (Scenario scenario : scenarios().toList()) {
            try (Rig rig =
                    rig(scenario, Files.createDirectory(folder.resolve(scenario.toString())))) {
                scenario.writer().write(rig);
                rig.passes(30);
                seen.addAll(rig.seen);
            }
        }
        assertThat(seen)
                .containsAll(EnumSet.complementOf(EnumSet.of(Step.REASON_WRITTEN, Step.FILED)));
    }

    private static Rig rig(Scenario scenario, Path folder) throws IOException {
        return new Rig(
                folder.toRealPath(),
                Rig.INMSG,
                scenario.leases() ? new FileSystemCalls() : new FileSystemCalls(null));
    }

    /// @param second so many steps after the first; negative for none
    /// @return how many steps there were
    private static int run(Scenario scenario, Path folder, int first, int second)
            throws IOException, InterruptedException {
        try (Rig rig = rig(scenario, folder)) {
            if (first >= 0) {
                rig.killAtStep(first, second);
            }
            scenario.writer().write(rig);
            rig.passes(30);
            assertThat(rig.outbox.taken())
                    .as("%s, killed at %d and %d, steps %s", scenario, first, second, rig.seen)
                    .containsExactly("a", "b", "c");
            assertThat(rig.names()).as("left behind").containsExactly(FILE);
            assertThat(rig.file(FILE)).isEmptyFile();
            return rig.seen.size();
        }
    }
}
