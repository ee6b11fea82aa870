package io.steward.agent.intake;

import io.steward.agent.intake.InboxFolders.Claim;
import io.steward.agent.outbox.Outbox.Submitted;
import io.steward.agent.outbox.SubmitException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes the files of a drop folder, each exactly once.
///
/// The protocol is that of [InmsgTaker] with a file as the unit:
///
/// 1. Look ([InboxPeek]): a file that decodes is ready; one that does not, and has been quiet for
///    [Times#FAILED], has failed.
/// 2. Claim: rename it to `.taking/<ulid>-<name>`; sync both folders.
/// 3. Wait until nobody has it open for writing ([Completeness]).
/// 4. Read, decode, submit under a key made of the ulid, rename it into `done/`.
/// 5. If it does not decode now: had it not decoded before either, write the reason into `failed/`
///    and rename it there. Else it has changed in between, and goes back for another look; into
///    `failed/` if there is a new file of its name.
///
/// Every step is one rename or can be repeated: a crash leaves the file in the folder, where it is
/// looked at again, or among the claims, which the next start goes on with at 3. No rename
/// replaces.
final class InboxTaker implements Taker {
    private final InboxFolders folders;
    private final Surroundings with;
    private final IntakeLock lock;
    private final InboxPeek peek;
    private final Retry retry = new Retry();
    private final List<Problem> problems = new ArrayList<>();
    private @Nullable List<Claim> claims;
    private @Nullable ErrorNote delayed;
    private boolean lockedOut;

    InboxTaker(Path folder, Surroundings with) throws IOException {
        this.with = with;
        folders = new InboxFolders(with, folder.toAbsolutePath().normalize());
        lock = new IntakeLock(folders.lockFile());
        peek = new InboxPeek(folders.inbox(), with, this::problem);
    }

    @Override
    public Path subject() {
        return folders.inbox();
    }

    @Override
    public Path folder() {
        return folders.inbox();
    }

    @Override
    public boolean isBusy() {
        return (claims != null && !claims.isEmpty()) || peek.isWaiting();
    }

    @Override
    public List<Problem> problems() {
        List<Problem> all = List.copyOf(problems);
        problems.clear();
        return all;
    }

    @Override
    public int pass() throws IOException, InterruptedException {
        folders.create();
        if (!lock.tryHold()) {
            if (!lockedOut) {
                problem(
                        "watching " + folders.inbox(),
                        new IOException(
                                "another agent takes what is in this folder (%s): give this one another inbox, or stop that one"
                                        .formatted(Writers.of(folders.lockFile()))));
            }
            lockedOut = true;
            return 0;
        }
        lockedOut = false;
        boolean done = false;
        try {
            List<Claim> known = claims;
            if (known == null) {
                claims = known = folders.leftovers();
            }
            int taken = take(known);
            claim(known);
            done = true;
            return taken;
        } finally {
            if (!done) {
                claims = null;
            }
        }
    }

    private void claim(List<Claim> known) throws IOException {
        List<InboxPeek.Ready> ready = peek.ready();
        for (InboxPeek.Ready file : ready) {
            try {
                known.add(folders.claim(file.name(), file.hopeless()));
            } catch (NoSuchFileException e) {
                problem("taking " + file.name(), e);
            }
        }
        if (!ready.isEmpty()) {
            folders.sync();
        }
    }

    private int take(List<Claim> known) throws IOException, InterruptedException {
        int taken = 0;
        Iterator<Claim> each = known.iterator();
        while (each.hasNext() && retry.isDue(with.now())) {
            Claim claim = each.next();
            if (Signature.of(claim.path()) == null) {
                problem("taking " + claim.path(), new IOException("somebody removed it"));
                each.remove();
            } else if (claim.completeness().isComplete()) {
                int count = take(claim);
                if (count >= 0) {
                    each.remove();
                    taken += count;
                }
            } else if (!claim.completeness().isHeldOpen()) {
                break; // why: files are taken in their order; only one that is held open is passed
            }
        }
        return taken;
    }

    /// @return how many messages were taken; negative if the claim is to be tried again
    private int take(Claim claim) throws IOException, InterruptedException {
        Signature is = Signature.of(claim.path());
        if (is == null || !is.isFile()) {
            folders.failed(claim, "is " + (is == null ? "gone" : is.kind()) + ": expected a file");
            return 0;
        }
        switch (Input.read(claim.path(), Input.formatOf(claim.path()), with.decoder())) {
            case Input.Blank blank -> notTaken(claim, "is empty: expected messages");
            case Input.Bad bad -> notTaken(claim, bad.reason());
            case Input.Good good -> {
                try {
                    with.reached(Step.BEFORE_SUBMIT);
                    Submitted submitted =
                            with.outbox().submit("inbox:" + claim.ulid(), good.requests());
                    with.reached(Step.SUBMITTED);
                    retry.succeeded();
                    folders.done(claim);
                    clearDelayed();
                    return submitted.fresh() ? submitted.ids().size() : 0;
                } catch (SubmitException e) {
                    if (e.isInputWrong()) {
                        retry.succeeded();
                        folders.failed(claim, String.valueOf(e.getMessage()));
                        clearDelayed();
                        return 0;
                    }
                    later(claim, e);
                    return -1;
                }
            }
        }
        return 0;
    }

    private void notTaken(Claim claim, String reason) throws IOException {
        if (claim.hopeless() || !folders.putBack(claim)) {
            folders.failed(claim, reason);
        }
    }

    private void later(Claim claim, SubmitException e) throws IOException {
        retry.failed(with.now());
        problem("taking " + claim.name(), e);
        ErrorNote note = new ErrorNote(folders.inbox().resolve(claim.name()), with.clock());
        if (delayed == null) {
            try {
                note.show(
                        String.valueOf(e.getMessage()),
                        "It is kept in .taking/ and tried again by itself; so are the others.");
                delayed = note;
            } catch (IOException full) {
                // why: the disk may be full; the note is not worth stopping for
                problem("writing the note for " + claim.name(), full);
            }
        }
    }

    private void clearDelayed() throws IOException {
        if (delayed != null) {
            delayed.clear();
            delayed = null;
        }
    }

    private void problem(String doing, Exception cause) {
        problems.add(new Problem(doing, cause));
    }

    @Override
    public void close() throws IOException {
        claims = null;
        lock.close();
    }
}
