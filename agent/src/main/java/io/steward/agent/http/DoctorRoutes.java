package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.broker.Broker;
import io.steward.agent.broker.BrokerException;
import io.steward.agent.broker.JetStreamBroker;
import io.steward.agent.broker.NodeRow;
import io.steward.agent.files.Ownership;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.JournalException;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.policy.PolicyFile;
import io.steward.agent.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Instant;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// `GET /v1/doctor`: what the agent can find out by itself about why it might not work. Each check
/// is `ok`, `warn` or `fail`, and says what to do.
final class DoctorRoutes {
    private static final long GIB = 1024L * 1024 * 1024;
    private static final long LITTLE_SPACE = 2 * GIB;
    private static final long NO_SPACE = GIB / 5;
    private static final int BUILT_IN = 2026;

    private final Settings settings;
    private final Journal journal;
    private final Broker broker;
    private final Outbox outbox;
    private final PolicyFile policy;

    DoctorRoutes(
            Settings settings, Journal journal, Broker broker, Outbox outbox, PolicyFile policy) {
        this.policy = policy;
        this.outbox = outbox;
        this.settings = settings;
        this.journal = journal;
        this.broker = broker;
    }

    List<Route> routes() {
        return List.of(Route.get(Role.VIEWER, "/v1/doctor", this::doctor));
    }

    private void doctor(Call call) throws InterruptedException {
        ObjectNode json = Json.object();
        ArrayNode checks = json.putArray("checks");
        if (connection(checks)) {
            facts(checks);
            mailbox(checks);
            storage(checks);
        }
        sending(checks);
        disk(checks);
        journal(checks);
        clock(checks);
        policy(checks);
        writers(checks);
        call.answer(200, json);
    }

    /// Who else may write where this agent takes what it is to do.
    private void writers(ArrayNode checks) {
        try {
            Optional<String> problem = Ownership.problem(settings.data());
            if (problem.isEmpty()) {
                problem = Ownership.problem(settings.inbox());
            }
            if (problem.isEmpty() && Ownership.isForAll(settings.inmsg())) {
                problem =
                        Optional.of(
                                "%s can be written by every user, and is not taken (chmod o-w %s)"
                                        .formatted(settings.inmsg(), settings.inmsg()));
            }
            if (problem.isPresent()) {
                fail(checks, "writers", problem.get(), "let nobody else write there");
            } else {
                ok(checks, "writers", "no other user may write the data folder, inbox, or inmsg");
            }
        } catch (IOException e) {
            fail(checks, "writers", String.valueOf(e.getMessage()), "check the data folder");
        }
    }

    private void policy(ArrayNode checks) {
        PolicyFile.Status status = policy.status();
        Optional<String> problem = status.problem();
        if (problem.isPresent()) {
            fail(
                    checks,
                    "policy",
                    problem.get(),
                    "mend the file: it is read again by itself; \"steward policy test\" tries it");
        } else if (status.fromFile()) {
            ok(checks, "policy", "%d rules in %s".formatted(status.rules(), policy.path()));
        } else {
            ok(checks, "policy", "the default; there is no %s".formatted(policy.path()));
        }
    }

    private boolean connection(ArrayNode checks) {
        Broker.Status status = broker.status();
        NodeRow.Agent rival = broker.naming().rival();
        if (rival != null && !broker.naming().held()) {
            fail(
                    checks,
                    "name",
                    "%s is in use by another agent (%s): this one takes and sends nothing"
                            .formatted(settings.node(), rival.text()),
                    "stop one of the two, or give it another name with --node");
            return false;
        }
        if (rival != null) {
            warn(
                    checks,
                    "name",
                    "another agent wanted the name %s, and was refused (%s)"
                            .formatted(settings.node(), rival.text()),
                    "stop it, or give it another name with --node");
        }
        if (!status.connected()) {
            fail(
                    checks,
                    "broker",
                    "no connection since %s: %s".formatted(status.since(), status.problem()),
                    whereToLook());
            return false;
        }
        String version = String.valueOf(status.version());
        String detail = "connected to %s, version %s".formatted(status.url(), version);
        if (isOlderThan210(version)) {
            fail(checks, "broker", detail, "install nats-server 2.10 or newer");
        } else {
            ok(checks, "broker", detail);
        }
        return true;
    }

    private String whereToLook() {
        List<String> urls = JetStreamBroker.names(settings.broker());
        if (settings.broker().embedded() || urls.isEmpty()) {
            return "see \"steward errors\", and the log of the agent's own broker: "
                    + settings.data().resolve("broker").resolve("log");
        }
        return "check that the broker runs, and the URLs it is tried at: "
                + String.join(", ", urls);
    }

    static boolean isOlderThan210(String version) {
        String[] parts = version.replaceAll("[^0-9.].*$", "").split("\\.", -1);
        try {
            int major = Integer.parseInt(parts[0]);
            return major < 2 || (major == 2 && parts.length > 1 && Integer.parseInt(parts[1]) < 10);
        } catch (NumberFormatException e) {
            return false;
        }
    }

    private void facts(ArrayNode checks) throws InterruptedException {
        try {
            Map<String, String> facts = broker.facts();
            StringBuilder text = new StringBuilder();
            new java.util.TreeMap<>(facts)
                    .forEach((key, value) ->
                            text.append(text.isEmpty() ? "" : ", ")
                                    .append(key)
                                    .append(' ')
                                    .append(value));
            ok(checks, "jetstream", text.toString());
        } catch (BrokerException e) {
            fail(
                    checks,
                    "jetstream",
                    String.valueOf(e.getMessage()),
                    "start nats-server with JetStream (-js), and let this agent's user use it");
        }
    }

    private void mailbox(ArrayNode checks) throws InterruptedException {
        try {
            Broker.Look look = broker.look(settings.node(), List.of());
            if (look.exists()) {
                ok(checks, "mailbox", "%d messages wait in it".formatted(look.waiting()));
            } else {
                fail(
                        checks,
                        "mailbox",
                        "%s has no mailbox, so nothing can come here".formatted(settings.node()),
                        "\"steward errors\" says why it could not be made");
            }
        } catch (BrokerException e) {
            fail(
                    checks,
                    "mailbox",
                    String.valueOf(e.getMessage()),
                    "see \"steward errors\", and the permissions of this agent's user");
        }
    }

    /// A broker whose disk is full answers questions all the same: that it stores nothing shows
    /// only where something was to be stored.
    private void storage(ArrayNode checks) {
        Optional<String> why =
                outbox.problems().stream()
                        .filter(Outbox.Problem::storage)
                        .map(Outbox.Problem::why)
                        .findFirst()
                        .or(broker::notStored);
        if (why.isPresent()) {
            fail(
                    checks,
                    "storage",
                    why.get(),
                    "make room on the disk of the broker, see its log, and start it again");
        } else {
            ok(checks, "storage", "nothing that the broker refused to store");
        }
    }

    private void sending(ArrayNode checks) {
        List<Outbox.Problem> problems = outbox.problems();
        if (problems.isEmpty()) {
            ok(checks, "sending", "nothing is held up");
            return;
        }
        warn(
                checks,
                "sending",
                heldUp(problems),
                "\"steward queue NODE\" lists them; they go out by themselves when the cause is"
                        + " gone");
    }

    private static String heldUp(List<Outbox.Problem> problems) {
        String subject = problems.getFirst().subject().toString();
        String why = problems.getFirst().why();
        String prefix = subject + ": ";
        why = why.startsWith(prefix) ? why.substring(prefix.length()) : why;
        return problems.size() == 1
                ? "messages on %s are held up: %s".formatted(subject, why)
                : "messages on %d subjects are held up; those on %s: %s"
                        .formatted(problems.size(), subject, why);
    }

    private void disk(ArrayNode checks) {
        try {
            long free = Files.getFileStore(settings.data()).getUsableSpace();
            String detail = "%.1f GiB free in %s".formatted((double) free / GIB, settings.data());
            if (free < NO_SPACE) {
                fail(checks, "disk", detail, "make room: the agent cannot take messages in");
            } else if (free < LITTLE_SPACE) {
                warn(checks, "disk", detail, "make room before it is full");
            } else {
                ok(checks, "disk", detail);
            }
        } catch (IOException e) {
            fail(checks, "disk", String.valueOf(e.getMessage()), "check the data folder");
        }
    }

    private void journal(ArrayNode checks) {
        try {
            ok(
                    checks,
                    "journal",
                    "%d messages came and have not ended"
                            .formatted(journal.unfinished(Direction.RECEIVED)));
        } catch (JournalException e) {
            fail(
                    checks,
                    "journal",
                    String.valueOf(e.getMessage()),
                    "see the section on the journal in docs/troubleshooting.md");
        }
    }

    private static void clock(ArrayNode checks) {
        Instant now = Instant.now();
        if (Year.from(now.atZone(ZoneOffset.UTC)).getValue() < BUILT_IN) {
            fail(checks, "clock", now + " is before this program was made", "set the clock (NTP)");
        } else {
            ok(checks, "clock", Json.time(now));
        }
    }

    private static void ok(ArrayNode checks, String name, String detail) {
        checks.addObject().put("name", name).put("result", "ok").put("detail", detail);
    }

    private static void warn(ArrayNode checks, String name, String detail, String todo) {
        checks.addObject()
                .put("name", name)
                .put("result", "warn")
                .put("detail", detail)
                .put("todo", todo);
    }

    private static void fail(ArrayNode checks, String name, String detail, String todo) {
        checks.addObject()
                .put("name", name)
                .put("result", "fail")
                .put("detail", detail)
                .put("todo", todo);
    }
}
