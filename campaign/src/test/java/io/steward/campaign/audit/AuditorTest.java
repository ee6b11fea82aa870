package io.steward.campaign.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.campaign.load.Entry;
import io.steward.campaign.load.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The auditor finds what was doctored, and nothing in what is as it has to be.
class AuditorTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");

    private final List<Entry> ledger = new ArrayList<>();
    private final List<Row> sent = new ArrayList<>();
    private final List<Row> received = new ArrayList<>();
    private final List<Line> sentLines = new ArrayList<>();
    private final List<Line> receivedLines = new ArrayList<>();
    private final List<Mark> marks = new ArrayList<>();
    private Map<String, List<Instant>> emptied = Map.of();

    @BeforeEach
    void threeCommandsAndThreeEvents() {
        for (int n = 1; n <= 6; n++) {
            Kind kind = n <= 3 ? Kind.QUICK : Kind.LINE;
            message(n, kind, "succeeded", null);
            marks.add(new Mark(n, kind.isEvent() ? 0 : 1, false));
        }
    }

    @Test
    void nothingInWhatIsAsItHasToBe() {
        assertThat(audit().isClean()).isTrue();
    }

    @Test
    void anAcceptedMessageThatIsInNoJournal() {
        sent.remove(1);
        sentLines.clear();
        receivedLines.clear();
        assertThat(audit().of(Count.LOST)).isEqualTo(1);
    }

    @Test
    void acceptedTwice() {
        sent.add(change(sent.get(1), "other", "succeeded"));
        assertThat(audit().of(Count.TWICE)).isEqualTo(1);
    }

    @Test
    void saidToHaveSucceededAndLeftNothing() {
        marks.removeIf(mark -> mark.n() == 2);
        assertThat(audit().of(Count.LOST)).isEqualTo(1);
    }

    @Test
    void aLineThatIsNotThere() {
        marks.removeIf(mark -> mark.n() == 5);
        assertThat(audit().of(Count.LOST)).isEqualTo(1);
    }

    @Test
    void onlyTheLastAttemptCounts() {
        started(0, 2);
        assertThat(audit().of(Count.LOST)).isEqualTo(1);
    }

    @Test
    void aReceiverThatDoesNotKnowIt() {
        received.remove(0);
        assertThat(audit().of(Count.LOST)).isPositive();
    }

    @Test
    void aCommandRunTwice() {
        marks.add(1, new Mark(1, 1, false));
        assertThat(audit().of(Count.TWICE)).isPositive();
    }

    @Test
    void aSecondAttemptThatIsReportedIsNoViolation() {
        marks.add(1, new Mark(1, 2, false));
        started(0, 2);
        assertThat(audit().isClean()).isTrue();
    }

    @Test
    void aLineWrittenTwice() {
        marks.add(new Mark(6, 0, false));
        assertThat(audit().of(Count.TWICE)).isEqualTo(1);
    }

    @Test
    void aLineWrittenTwiceAtTheSecondAttempt() {
        marks.add(new Mark(6, 0, false));
        started(5, 2);
        assertThat(audit().isClean()).isTrue();
    }

    @Test
    void reordered() {
        marks.add(marks.remove(0));
        assertThat(audit().of(Count.DISORDER)).isEqualTo(1);
    }

    @Test
    void publishedAgainAfterItWasTakenOut() {
        marks.add(marks.remove(0));
        sent.replaceAll(AuditorTest::resent);
        assertThat(audit().of(Count.DISORDER)).isEqualTo(1);
        emptied = Map.of("ship1", List.of(NOW));
        Verdict verdict = audit();
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.notes()).hasSize(1);
    }

    @Test
    void whatIsNotOrderedMayRunAnyTime() {
        ledger.replaceAll(AuditorTest::unordered);
        marks.add(marks.remove(0));
        assertThat(audit().isClean()).isTrue();
    }

    @Test
    void noEndState() {
        received.set(5, change(received.get(5), "id6", "started"));
        receivedLines.removeLast();
        Verdict verdict = audit();
        assertThat(verdict.of(Count.OPEN)).isEqualTo(1);
        assertThat(verdict.violations().getFirst().n()).isEqualTo(6);
    }

    @Test
    void aMissingLine() {
        sentLines.remove(3);
        assertThat(audit().of(Count.LOG)).isEqualTo(2); // the gap, and the message
    }

    @Test
    void aMissingLastLine() {
        receivedLines.removeLast();
        assertThat(audit().of(Count.LOG)).isEqualTo(1);
    }

    @Test
    void aRepeatedLine() {
        receivedLines.add(receivedLines.getLast());
        assertThat(audit().of(Count.LOG)).isEqualTo(2); // its number, and its message
    }

    @Test
    void aLineThatSaysOtherwise() {
        sentLines.replaceAll(line -> line.id().equals("id4") ? says(line, "failed") : line);
        assertThat(audit().of(Count.LOG)).isEqualTo(1);
    }

    @Test
    void anAnswerThatHidesASecondRun() {
        received.set(0, attempt(received.get(0), 2));
        marks.add(new Mark(1, 2, false));
        assertThat(audit().of(Count.TWICE)).isEqualTo(1);
    }

    @Test
    void anAnswerThatTellsOfRunsThatNeverWere() {
        sentLines.replaceAll(line -> attempt(line, 7));
        assertThat(audit().of(Count.ODD)).isEqualTo(6);
    }

    @Test
    void bothEndsDisagree() {
        received.set(0, change(received.get(0), "id1", "interrupted"));
        receivedLines.replaceAll(
                line -> line.id().equals("id1") ? says(line, "interrupted") : line);
        assertThat(audit().of(Count.ODD)).isEqualTo(1);
    }

    @Test
    void expiredAndRunAllTheSame() {
        message(7, Kind.BRIEF, "expired", "it came to be run after it had expired at T");
        started(6, 0);
        assertThat(audit().isClean()).isTrue();
        marks.add(new Mark(7, 1, false));
        assertThat(audit().of(Count.ODD)).isEqualTo(1);
    }

    @Test
    void expiredThoughItHadTime() {
        message(7, Kind.QUICK, "expired", "no answer from ship1 by T");
        started(6, 0);
        assertThat(audit().of(Count.ODD)).isEqualTo(1);
    }

    @Test
    void whatNobodySent() {
        marks.add(new Mark(99, 1, false));
        assertThat(audit().of(Count.ODD)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"not delivered by T: it is not connected", "not delivered by T"})
    void notDeliveredAndRunAllTheSame(String reason) {
        message(7, Kind.BRIEF, "expired", reason);
        received.set(6, ended(received.get(6), "succeeded", null));
        receivedLines.set(6, says(receivedLines.get(6), "succeeded"));
        assertThat(audit().of(Count.ODD)).as("started").isEqualTo(1);
        marks.add(new Mark(7, 1, false));
        assertThat(audit().of(Count.ODD)).as("started, and a mark").isEqualTo(1);
        received.remove(6);
        receivedLines.remove(6);
        assertThat(audit().of(Count.ODD)).as("a mark").isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"cancelled before it was sent", "cancelled while it waited for its node"})
    void takenBackAndRunAllTheSame(String reason) {
        message(7, Kind.CANCELLED, "cancelled", reason);
        received.set(6, ended(received.get(6), "cancelled", "cancelled while it ran, T"));
        assertThat(audit().of(Count.ODD)).as("started").isEqualTo(1);
        started(6, 0);
        assertThat(audit().isClean()).as("not started").isTrue();
        marks.add(new Mark(7, 1, false));
        assertThat(audit().of(Count.ODD)).as("a mark").isEqualTo(1);
    }

    @Test
    void cancelledBeforeItWasStartedAndRunAllTheSame() {
        message(7, Kind.CANCELLED, "cancelled", "cancelled before it was started");
        assertThat(audit().isClean()).as("the start was noted, and not made").isTrue();
        marks.add(new Mark(7, 1, false));
        assertThat(audit().of(Count.ODD)).isEqualTo(1);
    }

    @Test
    void cancelledByAnAnswerThatTheReceiverHasOtherwise() {
        message(7, Kind.CANCELLED, "cancelled", "cancelled while it ran, T");
        received.set(6, ended(received.get(6), "interrupted", "the agent died while it ran"));
        receivedLines.set(6, says(receivedLines.get(6), "interrupted"));
        assertThat(audit().of(Count.ODD)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no answer from ship1 by T",
                "no answer by T, and it is not known whether it was delivered"
            })
    void theSenderMayGiveUpOnWhatItCannotKnow(String reason) {
        message(7, Kind.BRIEF, "expired", reason);
        received.set(6, ended(received.get(6), "succeeded", null));
        receivedLines.set(6, says(receivedLines.get(6), "succeeded"));
        marks.add(new Mark(7, 1, false));
        Verdict verdict = audit();
        assertThat(verdict.isClean()).isTrue();
        assertThat(verdict.notes()).hasSize(1);
        received.remove(6);
        receivedLines.remove(6);
        marks.removeLast();
        assertThat(audit().isClean()).as("it never came").isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "FAILING, succeeded, , false",
        "FAILING, failed, exit code 3, true",
        "FAILING, failed, exit code 2, false",
        "TIMEOUT, succeeded, , false",
        "TIMEOUT, failed, 'timed out after 700ms, its process tree was ended', true",
        "TIMEOUT, failed, exit code 1, false",
        "QUICK, failed, exit code 2, false",
        "QUICK, failed, the agent is stopping, false",
        "QUICK, cancelled, cancelled before it was started, false",
        "QUICK, refused, no such method, false",
        "QUICK, interrupted, the agent died while it ran, false",
        "SLOW, failed, exit code 1, false",
        "BIG, failed, exit code 1, false",
        "REPLY, failed, exit code 1, false",
        "BRIEF, failed, exit code 1, false",
        "BRIEF, expired, no answer from ship1 by T, true",
        "BRIEF, interrupted, 'it was stopped while it ran, and has expired at T', true",
        "CANCELLED, succeeded, , true",
        "CANCELLED, failed, exit code 1, false",
        "LINE, failed, the lines are not kept: java.io.IOException: Input/output error, false",
        "LINE, failed, the lines are not kept: java.io.IOException: No space left on device, true",
        "LINE, interrupted, the agent died while it ran, false",
        "LINE, interrupted, 'it was stopped while it ran, and has expired at T', false",
        "BIG_LINE, expired, no answer from ship1 by T, false",
        "BRIEF_LINE, expired, no answer from ship1 by T, true"
    })
    void eachKindHasItsEnds(Kind kind, String state, @Nullable String reason, boolean allowed) {
        message(7, kind, state, reason);
        marks.add(new Mark(7, kind.isEvent() ? 0 : 1, false));
        if (reason != null && reason.endsWith("before it was started")) {
            marks.removeLast();
        }
        assertThat(audit().of(Count.ODD)).isEqualTo(allowed ? 0 : 1);
    }

    @Test
    void onlyTheLastAttemptAndWhatIsToBeReportedMayBeInterrupted() {
        message(7, Kind.QUICK, "interrupted", "the agent died while it ran");
        started(6, 2);
        assertThat(audit().of(Count.ODD)).as("2 of 3").isEqualTo(1);
        started(6, 3);
        assertThat(audit().isClean()).as("3 of 3").isTrue();
        started(6, 1);
        ledger.set(6, reported(ledger.get(6)));
        assertThat(audit().isClean()).as("to be reported").isTrue();
        started(6, 0);
        assertThat(audit().of(Count.ODD)).as("never started").isEqualTo(1);
    }

    @Test
    void aSlowCommandThatDidNotComeToItsEnd() {
        message(7, Kind.SLOW, "succeeded", null);
        marks.add(new Mark(7, 1, false));
        assertThat(audit().of(Count.LOST)).isEqualTo(1);
        marks.add(new Mark(7, 1, true));
        assertThat(audit().isClean()).isTrue();
    }

    @Test
    void noEndStateAtTheSender() {
        sent.set(5, change(sent.get(5), "id6", "published"));
        sentLines.removeLast();
        assertThat(audit().of(Count.OPEN)).isEqualTo(1);
    }

    private void message(long n, Kind kind, String state, @Nullable String reason) {
        String id = "id" + n;
        Entry entry = new Entry(n, "central", "ship1", kind, "d1-i", true, 3, false);
        ledger.add(entry);
        String subject = entry.method() + ".d1-i";
        sent.add(new Row(id, true, n, state, 1, 0, NOW, NOW, subject, reason));
        received.add(new Row(id, false, n, state, 1, 0, NOW, NOW, subject, reason));
        sentLines.add(new Line("s:" + n, n, id, true, state, 1));
        receivedLines.add(new Line("r:" + n, n, id, false, state, 1));
    }

    /// So often, by its receiver's journal and by its answer.
    private void started(int index, int attempt) {
        Row row = attempt(received.get(index), attempt);
        received.set(index, row);
        sentLines.replaceAll(line -> line.id().equals(row.id()) ? attempt(line, attempt) : line);
    }

    private static Line attempt(Line line, int attempt) {
        return new Line(line.place(), line.seq(), line.id(), line.sent(), line.state(), attempt);
    }

    private static Row attempt(Row row, int attempt) {
        return row(row, row.id(), row.state(), attempt, row.resends(), row.reason());
    }

    private static Row resent(Row row) {
        return row(row, row.id(), row.state(), row.attempt(), 1, row.reason());
    }

    private static Row change(Row row, String id, String state) {
        return row(row, id, state, row.attempt(), row.resends(), row.reason());
    }

    private static Row ended(Row row, String state, @Nullable String reason) {
        return row(row, row.id(), state, row.attempt(), row.resends(), reason);
    }

    private static Row row(
            Row like, String id, String state, int attempt, int resends, @Nullable String reason) {
        return new Row(
                id,
                like.sent(),
                like.number(),
                state,
                attempt,
                resends,
                like.created(),
                like.ended(),
                like.subject(),
                reason);
    }

    private static Entry reported(Entry entry) {
        return new Entry(
                entry.n(), entry.from(), entry.to(), entry.kind(), entry.domain(), true, 3, true);
    }

    private static Entry unordered(Entry entry) {
        return new Entry(
                entry.n(), entry.from(), entry.to(), entry.kind(), entry.domain(), false, 3, false);
    }

    private static Line says(Line line, String state) {
        return new Line(line.place(), line.seq(), line.id(), line.sent(), state, line.attempt());
    }

    private Verdict audit() {
        return Auditor.audit(
                new Evidence(
                        ledger,
                        Map.of(
                                "central",
                                new NodeEvidence(sent, sentLines, List.of(), 0),
                                "ship1",
                                new NodeEvidence(received, receivedLines, marks, 0)),
                        emptied));
    }
}
