package io.steward.agent.simulation;

import io.steward.agent.broker.FakeBroker;
import io.steward.agent.broker.PublishException;
import io.steward.agent.journal.Journal.Direction;
import io.steward.agent.journal.Journal.SentMessage;
import io.steward.agent.kernel.SystemTime;
import io.steward.agent.outbox.Outbox;
import io.steward.agent.outbox.SubmitException;
import io.steward.agent.settings.Settings;
import io.steward.messages.Envelope;
import io.steward.messages.Expiry;
import io.steward.messages.Message;
import io.steward.messages.MessageId;
import io.steward.messages.MessageRequest;
import io.steward.messages.MessageType;
import io.steward.messages.OnInterrupt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A sender and a receiver over a broker, and all that can go wrong between them. The seed decides
/// what happens; how the threads of the agents interleave with it is not decided, so a seed that
/// fails may need to be run several times.
final class Scenario {
    /// Longer than every scenario takes on its clock: what lives so long must not expire.
    static final Duration LONG_LIFE = Duration.ofDays(7);

    private static final List<String> METHODS = List.of("echo", "slow", "many", "again");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Random random;
    private final SimClock clock = new SimClock();
    private final Witness witness = new Witness();
    private final FakeBroker brokers = new FakeBroker(clock);
    private final SimNode sender;
    private final SimNode receiver;
    private final Set<MessageId> accepted = new LinkedHashSet<>();
    private final Map<String, List<MessageRequest>> openInputs = new HashMap<>();
    private final Map<String, List<MessageId>> inputs = new HashMap<>();
    private final List<String> story = new ArrayList<>();
    private int inputNumber;
    private int boot = 1;
    private boolean mayBreakOrder;
    private boolean processRestarted;

    Scenario(long seed, Settings sender, Settings receiver, SystemTime time) {
        this.random = new Random(seed);
        this.sender = new SimNode(sender, clock, time, witness, brokers);
        this.receiver = new SimNode(receiver, clock, time, witness, brokers);
    }

    SimNode sender() {
        return sender;
    }

    SimNode receiver() {
        return receiver;
    }

    Witness witness() {
        return witness;
    }

    Set<MessageId> accepted() {
        return accepted;
    }

    Map<String, List<MessageId>> inputs() {
        return inputs;
    }

    /// Whether something happened that the order within a subject does not survive.
    boolean mayBreakOrder() {
        return mayBreakOrder;
    }

    /// Whether a message can be run again though no agent died.
    boolean processRestarted() {
        return processRestarted;
    }

    /// What was done, for the one who looks for the reason.
    List<String> story() {
        return story;
    }

    void run() throws Exception {
        begin(sender);
        begin(receiver);
        int steps = 10 + random.nextInt(50);
        for (int step = 0; step < steps; step++) {
            act();
            reviveTheDead();
            if (random.nextInt(3) == 0) {
                LockSupport.parkNanos(random.nextInt(3_000_000));
            }
        }
        settle();
    }

    private void begin(SimNode node) throws Exception {
        brokers.redeliver(node.name()); // why: the broker's ack wait is over
        int last = random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(120);
        node.begin(
                last,
                random.nextBoolean(),
                "boot-" + boot,
                random.nextInt(3) == 0 ? 30 : 0,
                random.nextLong());
        story.add(node.name() + " begins life " + node.lives() + ", up to step " + last);
    }

    private void reviveTheDead() throws Exception {
        for (SimNode node : List.of(sender, receiver)) {
            if (node.isDead()) {
                node.kill();
                if (random.nextInt(3) == 0) {
                    boot++;
                }
                begin(node);
                offerInputsAgain(node);
            }
        }
    }

    /// As the intake does: what it does not know to be taken it offers again.
    private void offerInputsAgain(SimNode node) throws Exception {
        if (node == sender) {
            for (String key : List.copyOf(openInputs.keySet())) {
                submit(key, openInputs.get(key));
            }
        }
    }

    private void act() throws Exception {
        switch (random.nextInt(30)) {
            case 0, 1, 2, 3, 4, 5, 6, 7, 8 -> submitSome();
            case 9 -> {
                story.add("kill the sender");
                sender.kill();
            }
            case 10 -> {
                story.add("kill the receiver");
                receiver.kill();
            }
            case 11 -> brokers.redeliver(receiver.name());
            case 12 -> brokers.redeliver(sender.name());
            case 13, 14 -> cancelOne();
            case 15 -> publishACopy();
            case 16 -> {
                SimNode node = any();
                story.add("PubAcks to " + node.name() + " are lost");
                node.broker().losePubAcks(1 + random.nextInt(3));
            }
            case 17 -> {
                PublishException.Kind[] kinds = {
                    PublishException.Kind.TIMEOUT,
                    PublishException.Kind.MAILBOX_FULL,
                    PublishException.Kind.STORAGE
                };
                PublishException.Kind kind = kinds[random.nextInt(kinds.length)];
                SimNode node = any();
                story.add("a message of " + node.name() + " is refused: " + kind);
                node.broker().refuse(kind);
            }
            case 18 -> {
                SimNode node = any();
                node.broker().disconnect();
                story.add("the connection of " + node.name() + " is lost");
            }
            case 19, 20 -> {
                if (!sender.isDead()) {
                    sender.broker().connect();
                }
                if (!receiver.isDead()) {
                    receiver.broker().connect();
                }
            }
            case 21 -> {
                if (random.nextInt(3) == 0) {
                    SimNode node = any();
                    story.add("the mailbox of " + node.name() + " is deleted");
                    brokers.delete(node.name());
                    mayBreakOrder = true;
                }
            }
            case 22 -> restartAProcess();
            case 23 -> {
                SimNode node = any();
                story.add("PubAcks to " + node.name() + " are held");
                node.broker().holdPubAcks();
            }
            case 24 -> {
                SimNode node = any();
                story.add("PubAcks to " + node.name() + " come");
                node.broker().releasePubAcks();
            }
            default -> clock.pass(Duration.ofMillis(random.nextInt(20_000)));
        }
    }

    private SimNode any() {
        return random.nextBoolean() ? sender : receiver;
    }

    private void restartAProcess() {
        SimNode node = any();
        List<String> processes = node.processes();
        if (!processes.isEmpty() && !node.isDead()) {
            String path = processes.get(random.nextInt(processes.size()));
            story.add("restart " + path + " of " + node.name());
            processRestarted = true;
            mayBreakOrder |= path.endsWith("/receiver");
            node.restart(path);
            brokers.redeliver(node.name());
        }
    }

    private void submitSome() throws Exception {
        List<MessageRequest> requests = new ArrayList<>();
        for (int i = 1 + random.nextInt(5); i > 0; i--) {
            requests.add(request());
        }
        submit("input-" + ++inputNumber, requests);
    }

    private void submit(String key, @Nullable List<MessageRequest> requests) throws Exception {
        if (requests == null) {
            return;
        }
        openInputs.put(key, requests);
        try {
            Outbox.Submitted submitted = sender.outbox().submit(key, requests);
            openInputs.remove(key);
            inputs.put(key, submitted.ids());
            accepted.addAll(submitted.ids());
        } catch (SubmitException e) {
            if (e.isInputWrong()) {
                throw e;
            }
        }
    }

    private MessageRequest request() {
        Duration life =
                random.nextInt(5) == 0 ? Duration.ofSeconds(1 + random.nextInt(90)) : LONG_LIFE;
        OnInterrupt[] onInterrupt = OnInterrupt.values();
        return new MessageRequest(
                0,
                0,
                List.of(receiver.name()),
                MessageType.COMMAND,
                METHODS.get(random.nextInt(METHODS.size())),
                "d" + random.nextInt(2),
                List.of("x" + random.nextInt(1_000)),
                Duration.ofSeconds(30),
                random.nextInt(6) == 0 ? 2 : 0,
                null,
                new Expiry.After(life),
                random.nextInt(5) > 0,
                onInterrupt[random.nextInt(onInterrupt.length)],
                1 + random.nextInt(3),
                null,
                Map.of(),
                false,
                null);
    }

    private @Nullable MessageId oneOfThem() {
        List<MessageId> ids = List.copyOf(accepted);
        return ids.isEmpty() ? null : ids.get(random.nextInt(ids.size()));
    }

    private void cancelOne() throws Exception {
        MessageId id = oneOfThem();
        if (id != null) {
            story.add("cancel " + id);
            try {
                var _ = sender.outbox().cancel(id);
                // why: one that was taken back, and not cancelled after that, goes again late
                mayBreakOrder |= sender.isDead();
            } catch (SubmitException e) {
                mayBreakOrder = true;
                if (e.isInputWrong()) {
                    throw e;
                }
            }
        }
    }

    /// The same message once more, past the broker's own recognition of copies.
    private void publishACopy() {
        MessageId id = oneOfThem();
        SentMessage sent = id == null ? null : sender.disk().sent(id).orElse(null);
        if (sent == null || receiver.disk().received(sent.message().id()).isEmpty()) {
            return; // why: one that was taken back must not be brought back by the test
        }
        Message message = sent.message();
        story.add("a copy of " + id);
        var _ =
                brokers.publish(
                        message.subject(), "copy-" + random.nextLong(), Envelope.encode(message));
    }

    /// No more faults: everything has to come to its end.
    private void settle() throws Exception {
        story.add("no more faults");
        for (SimNode node : List.of(sender, receiver)) {
            node.kill();
            brokers.redeliver(node.name());
            node.begin(0, false, "boot-" + boot, 0, 0);
        }
        offerInputsAgain(sender);
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (int round = 1; !isSettled(); round++) {
            if (System.nanoTime() > end) {
                return; // the invariants say what is not as it has to be
            }
            brokers.redeliver(sender.name());
            brokers.redeliver(receiver.name());
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            if (round % 4 == 0) {
                clock.pass(Duration.ofSeconds(31));
            }
        }
    }

    private boolean isSettled() {
        return sender.disk().waiting().isEmpty()
                && sender.disk().queuedSubjects().isEmpty()
                && accepted.stream()
                        .allMatch(id -> sender.disk().sent(id).orElseThrow().state().isEnd())
                && receiver.disk().unfinished(Direction.RECEIVED) == 0
                && receiver.disk().queuedSubjects().isEmpty();
    }

    /// Returns when all threads have ended.
    void close() throws InterruptedException {
        sender.close();
        receiver.close();
        brokers.close();
    }
}
