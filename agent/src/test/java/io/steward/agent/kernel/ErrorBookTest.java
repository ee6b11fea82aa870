package io.steward.agent.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Keeping, folding and passing on error reports.
class ErrorBookTest {
    private final ManualTime time = new ManualTime();
    private final RecordingLogger log = new RecordingLogger();
    private final List<ErrorReport> sunk = new CopyOnWriteArrayList<>();
    private volatile Consumer<ErrorReport> more = report -> {};
    private final ErrorBook book =
            new ErrorBook(
                    time,
                    new ErrorOutlet(
                            time,
                            Threads.VIRTUAL,
                            "root",
                            report -> {
                                sunk.add(report);
                                more.accept(report);
                            },
                            log));

    @AfterEach
    void close() {
        book.close();
    }

    @Test
    void theFirstReportGoesOnAtOnceAndTheBurstAfterItAsOneWithTheCount() {
        for (int i = 0; i < 50; i++) {
            record("publishing 01JD5QK8Z3V6W7X8Y9ABCDEFG" + i % 10);
        }
        awaitSunk(1);
        assertThat(sunk.getFirst().count()).isEqualTo(1);
        time.advance(ErrorBook.FOLD.minusMillis(1));
        assertThat(log.lines()).hasSize(1);
        time.advance(Duration.ofMillis(1));
        awaitSunk(2);
        assertThat(sunk.get(1).count()).isEqualTo(50);
        assertThat(sunk.get(1).first()).isEqualTo(sunk.getFirst().first());
        assertThat(log.lines()).hasSize(2);
        assertThat(log.lines().get(1)).contains("50 times since");
        assertThat(book.reports()).hasSize(1);
        assertThat(time.waiting()).isZero();
    }

    @Test
    void afterAQuietTimeARepeatedErrorGoesOnAtOnce() {
        record("a");
        time.advance(ErrorBook.FOLD);
        record("a");
        awaitSunk(2);
        assertThat(sunk.get(1).count()).isEqualTo(2);
    }

    @Test
    void anotherProcessSeverityOrCauseIsAnotherError() {
        book.record("p", Severity.ERROR, "try 1", "X: broken", null);
        book.record("p", Severity.ERROR, "try 2", "X: broken", null);
        book.record("q", Severity.ERROR, "try 1", "X: broken", null);
        book.record("p", Severity.FATAL, "try 1", "X: broken", null);
        book.record("p", Severity.ERROR, "try 1", "X: exit 2", null);
        book.record("p", Severity.ERROR, "try 1", "X: exit 3", null);
        assertThat(book.reports()).hasSize(5);
    }

    @Test
    void theLastThousandAreKeptInTheOrderOfTheirLastTime() {
        for (int i = 0; i < ErrorBook.KEPT; i++) {
            book.record("p" + i, Severity.WARNING, "a", "b", null);
        }
        book.record("p0", Severity.WARNING, "a", "b", null);
        book.record("another", Severity.WARNING, "a", "b", null);
        assertThat(book.reports()).hasSize(ErrorBook.KEPT);
        assertThat(book.reports().getFirst().process()).isEqualTo("p2");
        assertThat(book.reports().get(ErrorBook.KEPT - 2).count()).isEqualTo(2);
    }

    @Test
    void atMostTwentyASecondGoOnAndTheRestIsCounted() {
        for (int i = 0; i < 70; i++) {
            book.record("p" + i, Severity.ERROR, "a", "b", null);
        }
        awaitSunk(20);
        time.advance(Duration.ofMillis(999));
        book.record("late", Severity.ERROR, "a", "b", null);
        time.advance(Duration.ofMillis(1));
        awaitSunk(21);
        assertThat(sunk.get(20).doing()).isEqualTo(ErrorOutlet.LEFT_OUT);
        assertThat(sunk.get(20).count()).isEqualTo(51);
        book.record("next", Severity.ERROR, "a", "b", null);
        awaitSunk(22);
        assertThat(log.lines()).as("each once, and the summary").hasSize(73);
    }

    @Test
    void aStormOfOneErrorIsTwoReports() {
        for (int i = 0; i < 100_000; i++) {
            record("handling message " + i);
        }
        awaitSunk(1);
        assertThat(time.waiting()).isEqualTo(1);
        time.advance(ErrorBook.FOLD);
        awaitSunk(2);
        assertThat(sunk.get(1).count()).isEqualTo(100_000);
        assertThat(log.lines()).hasSize(2);
    }

    @Test
    void aStormOfDifferentErrorsIsBoundedWhereverItGoes() {
        for (int i = 0; i < 100_000; i++) {
            book.record("p", Severity.ERROR, "a", "error " + i % 5_000, null);
        }
        awaitSunk(ErrorOutlet.PER_SECOND);
        assertThat(book.reports()).hasSize(ErrorBook.KEPT);
        assertThat(log.lines()).hasSize(ErrorOutlet.PER_SECOND + ErrorOutlet.LOGGED_PER_SECOND);
        time.advance(Duration.ofSeconds(1));
        awaitSunk(ErrorOutlet.PER_SECOND + 1);
        assertThat(sunk.getLast().count()).isEqualTo(100_000 - ErrorOutlet.PER_SECOND);
    }

    @Test
    void whatAThrowableDoesWhenItIsLookedAtHarmsNobody() {
        var hostile =
                new RuntimeException() {
                    private static final long serialVersionUID = 1L;

                    @Override
                    public String getMessage() {
                        throw new StackOverflowError();
                    }

                    @Override
                    public String toString() {
                        throw new IllegalStateException();
                    }

                    @Override
                    public synchronized Throwable getCause() {
                        throw new IllegalStateException();
                    }

                    @Override
                    public StackTraceElement[] getStackTrace() {
                        throw new IllegalStateException();
                    }
                };
        assertThat(ErrorText.of(hostile)).contains("its message cannot be had");
        assertThat(LoggedError.of(hostile)).hasToString(ErrorText.single(hostile)).hasNoCause();
        var inner = new IllegalArgumentException("x".repeat(10_000_000));
        var outer = new IllegalStateException("outer", inner);
        inner.initCause(outer);
        LoggedError logged = LoggedError.of(outer);
        assertThat(logged).hasToString("java.lang.IllegalStateException: outer");
        assertThat(logged.getStackTrace()).isEqualTo(outer.getStackTrace());
        Throwable below = Objects.requireNonNull(logged.getCause());
        assertThat(below.toString()).hasSizeLessThan(3_000);
        assertThat(below).hasNoCause();
    }

    @Test
    void anErrorWhileTheSinkHandlesAReportDoesNotLoop() {
        more = report -> book.record("sink", Severity.ERROR, report.doing(), "again", null);
        record("a");
        Rig.until("the inner one is kept", () -> book.reports().size() == 2);
        record("b");
        Rig.until("the inner one is kept", () -> book.reports().size() == 4);
        time.advance(Duration.ofHours(1));
        book.close();
        assertThat(sunk).hasSize(2);
        assertThat(log.lines()).hasSize(4);
    }

    @Test
    void aSinkThatThrowsIsSaidOnceUntilItWorksAgain() {
        more =
                report -> {
                    if (report.process().startsWith("bad")) {
                        throw new AssertionError("the sink breaks");
                    }
                };
        book.record("bad1", Severity.ERROR, "a", "b", null);
        book.record("bad2", Severity.ERROR, "a", "b", null);
        book.record("good", Severity.ERROR, "a", "b", null);
        book.record("bad3", Severity.ERROR, "a", "b", null);
        book.close();
        assertThat(sunk).hasSize(4);
        assertThat(log.lines().stream().filter(line -> line.contains("The sink"))).hasSize(2);
    }

    @Test
    void closingPassesOnWhatWaitsForItsTurn() {
        record("a");
        record("a");
        book.close();
        assertThat(sunk).hasSize(2);
        record("later");
        assertThat(sunk).hasSize(2);
        assertThat(book.reports()).hasSize(2);
        assertThat(log.lines()).hasSize(3);
    }

    private static final class Said extends Exception implements Sentence {
        private static final long serialVersionUID = 1L;

        Said(String message, Throwable cause) {
            super(message, cause);
        }
    }

    @Test
    void whatSaysAllInASentenceIsReportedWithoutItsClassAndLoggedWithIt() {
        var said = new Said("ship9 has no mailbox", new IllegalStateException("odd"));
        assertThat(ErrorText.of(said))
                .isEqualTo("ship9 has no mailbox; caused by java.lang.IllegalStateException: odd");
        assertThat(ErrorText.of(new Said("ship9: no answer", new Said("no answer", said))))
                .isEqualTo(
                        "ship9: no answer; caused by ship9 has no mailbox; caused by"
                                + " java.lang.IllegalStateException: odd");
        assertThat(LoggedError.of(said).toString()).contains("Said: ship9 has no mailbox");
    }

    @Test
    void theCauseIsOneLineOfBoundedLengthAndEndsWhereCausesGoInACircle() {
        var inner = new IllegalArgumentException("two\nlines");
        var outer = new IllegalStateException("broken", inner);
        inner.initCause(outer);
        assertThat(ErrorText.of(outer))
                .isEqualTo(
                        "java.lang.IllegalStateException: broken; caused by"
                                + " java.lang.IllegalArgumentException: two lines");
        assertThat(ErrorText.of(new RuntimeException("x".repeat(10_000))))
                .hasSize(ErrorText.LONGEST);
        assertThat(
                        ErrorText.of(
                                new RuntimeException() {
                                    private static final long serialVersionUID = 1L;

                                    @Override
                                    public String getMessage() {
                                        throw new IllegalStateException();
                                    }
                                }))
                .contains("its message cannot be had");
    }

    @Test
    void idsAndNumbersDoNotMakeAnotherError() {
        assertThat(ErrorText.withoutNumbers("try 3 of 01JD5QK8Z3V6W7X8Y9ABCDEFGH in 12 ms"))
                .isEqualTo("try # of # in # ms");
        assertThat(ErrorText.withoutIds("x 123e4567-e89b-12d3-a456-426614174000: exit 3"))
                .isEqualTo("x #: exit 3");
        assertThat(
                        ErrorText.withoutIds(
                                "io.steward.agent.kernel.AVeryLongNameOfAClassWithoutDigits"))
                .isEqualTo("io.steward.agent.kernel.AVeryLongNameOfAClassWithoutDigits");
    }

    private void record(String doing) {
        book.record("p", Severity.ERROR, doing, "X: broken", null);
    }

    private void awaitSunk(int count) {
        Rig.until(count + " reports have reached the sink", () -> sunk.size() >= count);
        assertThat(sunk).hasSize(count);
    }
}
