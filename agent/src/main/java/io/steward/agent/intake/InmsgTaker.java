package io.steward.agent.intake;

import io.steward.agent.files.PrivateFile;
import io.steward.agent.intake.Claims.Claim;
import io.steward.agent.outbox.Outbox.Submitted;
import io.steward.agent.outbox.SubmitException;
import io.steward.messages.Limits;
import io.steward.messages.MessageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Takes what is written into inmsg.txt, each input exactly once, whoever writes it and however,
/// and whenever the agent dies.
///
/// The protocol:
///
/// 1. Look ([InmsgPeek]). What does not decode stays in the file.
/// 2. Claim: rename the file to a unique hidden name beside it, sync the folder, make the file
///    anew.
/// 3. Wait until the claim is complete: nobody has it open for writing ([Completeness]).
/// 4. Read and decode it. If it decodes, submit it under a key made of the claim's unique name, and
///    then remove the claim. If it is blank, remove it.
/// 5. If it does not decode, or the outbox says it never will take it: give it back, by a rename
///    that does not replace. If there is a file of that name again, claim that too and put the two
///    contents together, in order, as one claim; go on with 3.
///
/// Why nothing is lost. A byte written to the file is in the file or in one claim at every moment:
/// the renames are atomic and replace nothing that has content; contents are put together in a new
/// file, and one rename makes it stand for its parts ([Claims]). A claim is removed in two places
/// only: after the outbox has returned, and when it is blank. Before either it was complete: the
/// claim's name is known to nobody else, programs that had it open when it was renamed have closed
/// it, and those that had looked up the old name but not opened it have had [Times#SETTLE].
///
/// Why nothing is taken twice. A complete claim does not change, so each decision about it comes
/// out the same again after a crash, and the claims are gone through in order. A claim that decodes
/// is submitted under the same key until it is removed; the outbox takes a key once. A claim that
/// is given back or put together with another one did not decode or was refused, so it was never
/// accepted, and the new one gets a new name. The rename is durable before the submission, so that
/// a power cut cannot bring a submitted content back under the file's name.
///
/// Where the file system has no leases, "complete" means unchanged for [Times#QUIET], and a writer
/// that pauses for longer in the middle may have its end taken as an input of its own.
final class InmsgTaker implements Taker {
    private static final int MOST_ROUNDS = 16;

    private final Path file;
    private final Surroundings with;
    private final Path lockFile;
    private final IntakeLock lock;
    private final ErrorNote note;
    private final InmsgPeek peek;
    private final Retry retry = new Retry();
    private final List<Problem> problems = new ArrayList<>();
    private @Nullable Claims claims;

    /// By the look that is under way.
    private int taken;

    /// The claim that the outbox has refused, until it is given back.
    private @Nullable String refused;

    private @Nullable String refusedWhy;
    private boolean lockedOut;

    InmsgTaker(Path path, Surroundings with) throws IOException {
        this.with = with;
        file = resolve(path);
        lockFile = file.resolveSibling("." + file.getFileName() + ".lock");
        lock = new IntakeLock(lockFile);
        note = new ErrorNote(file, with.clock());
        peek = new InmsgPeek(file, with, note);
    }

    private static Path resolve(Path path) throws IOException {
        Path absolute = path.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        if (parent == null) {
            throw new IOException(absolute + " is a folder: expected a file");
        }
        PrivateFile.folders(parent);
        return Files.exists(absolute)
                ? absolute.toRealPath()
                : parent.toRealPath().resolve(absolute.getFileName());
    }

    @Override
    public Path subject() {
        return file;
    }

    @Override
    public Path folder() {
        return file.resolveSibling("").toAbsolutePath();
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
        if (!lock.tryHold()) {
            if (!lockedOut) {
                problem(
                        "watching " + file,
                        new IOException(
                                "another agent takes this file (%s): give this one another with --inmsg FILE, or stop that one"
                                        .formatted(Writers.of(lockFile))));
            }
            lockedOut = true;
            return 0;
        }
        lockedOut = false;
        boolean done = false;
        try {
            Claims known = claims;
            if (known == null) {
                claims = known = Claims.load(with, file);
            }
            taken = 0;
            take(known);
            if (known.isEmpty() && peek.wantsToBeTaken(known)) {
                Claim claim = known.claim();
                known.recreate(claim.path());
                take(known);
            }
            done = true;
            return taken;
        } catch (NoSuchFileException e) {
            if (!file.toString().equals(e.getFile())) {
                throw e;
            }
            return taken; // an editor that saves by rename came between two looks: the next pass
            // sees it
        } finally {
            if (!done) {
                claims = null;
            }
        }
    }

    /// Goes on with the outstanding claims as far as it gets.
    private void take(Claims known) throws IOException, InterruptedException {
        for (int round = 0; round < MOST_ROUNDS && !known.isEmpty(); round++) {
            Claim claim = known.first();
            Signature signature = Signature.of(claim.path());
            if (signature == null) {
                problem("taking " + claim.path(), new IOException("somebody removed it"));
                known.remove(claim);
                continue;
            }
            if (!signature.isFile()) {
                setAside(known, claim, "it is " + signature.kind());
                continue;
            }
            if (!isComplete(claim) || !retry.isDue(with.now())) {
                return;
            }
            boolean goesOn =
                    switch (Input.read(claim.path(), Input.formatOf(file), with.decoder())) {
                        case Input.Blank blank -> {
                            known.remove(claim);
                            yield true;
                        }
                        case Input.Bad bad -> giveBack(known, null);
                        case Input.Good good ->
                                claim.ulid().equals(refused)
                                        ? giveBack(known, refusedWhy)
                                        : submit(known, claim, good.requests());
                    };
            if (!goesOn) {
                return;
            }
        }
    }

    /// @return whether there is a next step now
    private boolean submit(Claims known, Claim claim, List<MessageRequest> requests)
            throws IOException, InterruptedException {
        try {
            with.reached(Step.BEFORE_SUBMIT);
            Submitted submitted = with.outbox().submit("inmsg:" + claim.ulid(), requests);
            with.reached(Step.SUBMITTED);
            taken += submitted.fresh() ? submitted.ids().size() : 0;
            retry.succeeded();
            known.remove(claim);
            show(null, "");
            return true;
        } catch (SubmitException e) {
            String why = String.valueOf(e.getMessage());
            if (e.isInputWrong()) {
                retry.succeeded();
                refused = claim.ulid();
                refusedWhy = why;
                return giveBack(known, why);
            }
            retry.failed(with.now());
            problem("taking " + file, e);
            show(
                    why,
                    "%d message(s) wait in %s and are tried again by themselves."
                            .formatted(requests.size(), claim.path().getFileName()));
            return false;
        }
    }

    /// One step towards giving the first claim back.
    ///
    /// @param refused why the outbox will not have it; null if it did not decode
    /// @return whether there is a next step now
    private boolean giveBack(Claims known, @Nullable String refused) throws IOException {
        Claim claim = known.first();
        if (known.size() == 1) {
            Signature signature = Signature.of(claim.path());
            if (known.putBack()) {
                if (refused != null) {
                    peek.refused(signature, refused);
                }
                return true;
            }
            Signature there = Signature.of(file);
            if (there != null && !there.isFile()) {
                setAside(known, claim, "in its place is " + there.kind());
                return true;
            }
            try {
                known.claim();
            } catch (NoSuchFileException e) {
                return true;
            }
        }
        Claim second = known.second();
        if (!isComplete(second)) {
            return false;
        }
        Signature what = Signature.of(second.path());
        if (what == null || what.size() == 0) {
            known.remove(second);
        } else if (!what.isFile()) {
            setAside(known, second, "it is " + what.kind());
        } else if (what.size() + Files.size(claim.path()) > Limits.MAX_INPUT_BYTES) {
            setAside(known, claim, "it is too large together with what came after it");
        } else {
            known.mergeFirstTwo();
        }
        return true;
    }

    private void setAside(Claims known, Claim claim, String why) throws IOException {
        Path aside = known.setAside(claim);
        problem(
                "giving back what was in " + file,
                new IOException(why + ": it is now in " + aside.getFileName()));
    }

    private boolean isComplete(Claim claim) throws IOException {
        if (claim.completeness().isComplete()) {
            return true;
        }
        if (claim.completeness().isHeldOpen()) {
            show(
                    "still held open for writing by " + Writers.of(claim.path()),
                    "It is taken when it is closed; it is kept in "
                            + claim.path().getFileName()
                            + " until then.");
        }
        return false;
    }

    /// @param reason null to take the note away
    private void show(@Nullable String reason, String outcome) {
        try {
            if (reason == null) {
                note.clear();
            } else {
                note.show(reason, outcome);
            }
        } catch (IOException e) {
            // why: the disk may be full; the note is not worth stopping for
            problem("writing the note beside " + file, e);
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
