package io.steward.campaign;

import io.steward.campaign.audit.Auditor;
import io.steward.campaign.audit.Evidence;
import io.steward.campaign.audit.Gathering;
import io.steward.campaign.audit.NodeEvidence;
import io.steward.campaign.audit.Verdict;
import io.steward.campaign.load.Entry;
import io.steward.campaign.load.Ledger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Counts once more what a campaign has left in its folder.
///
/// @param messages how many agents were given
/// @param endings agents and brokers that ended by themselves
/// @param late agents that did not stop when they were told
/// @param left what was still under way after the longest wait, as the campaign wrote it down
record Recount(Verdict verdict, int messages, int endings, List<String> late, String left) {
    private static final Pattern NOTE = Pattern.compile("(\\S+) +[0-9.,]+ (.*)");
    private static final Pattern EMPTIED =
            Pattern.compile("the mailbox of (\\S+) has been emptied");
    private static final String NOTHING = "{}";
    private static final String QUIET = "quiet, but for ";
    private static final String LATE = " did not stop";

    /// @throws IOException also if the campaign did not come to its end, or not all is there
    static Recount of(Path folder) throws IOException {
        Map<String, List<Instant>> emptied = new TreeMap<>();
        List<String> late = new ArrayList<>();
        int endings = 0;
        String left = "";
        for (String line : Files.readAllLines(folder.resolve("faults.txt"))) {
            Matcher note = NOTE.matcher(line);
            if (!note.matches()) {
                continue; // the second line of a fault
            }
            String text = note.group(2);
            Matcher mailbox = EMPTIED.matcher(text);
            if (mailbox.matches()) {
                emptied.computeIfAbsent(mailbox.group(1), _ -> new ArrayList<>())
                        .add(Instant.parse(note.group(1)));
            } else if (text.endsWith(" ended by itself")) {
                endings++;
            } else if (text.endsWith(LATE)) {
                late.add(text.substring(0, text.length() - LATE.length()));
            } else if (text.startsWith(QUIET)) {
                left = text.substring(QUIET.length());
            }
        }
        if (left.isEmpty()) {
            throw new IOException(
                    folder + ": this campaign has not come to its end, so there is no count of it");
        }
        List<Entry> ledger = Ledger.read(folder.resolve("ledger.tsv"));
        Verdict verdict = Auditor.audit(new Evidence(ledger, nodes(folder, ledger), emptied));
        return new Recount(verdict, ledger.size(), endings, List.copyOf(late), left);
    }

    private static Map<String, NodeEvidence> nodes(Path folder, List<Entry> ledger)
            throws IOException {
        Set<String> names = new TreeSet<>();
        for (Entry entry : ledger) {
            names.add(entry.from());
            names.add(entry.to());
        }
        Map<String, NodeEvidence> nodes = new HashMap<>();
        for (String name : names) {
            // why: what was on a disk of its own was copied before that was taken away
            Path kept = folder.resolve("kept").resolve(name);
            Path data = Files.exists(kept) ? kept : folder.resolve("nodes").resolve(name);
            if (!Files.exists(data.resolve("journal.db"))) {
                throw new IOException(
                        "%s has no journal.db: expected the folder of a whole campaign"
                                .formatted(data));
            }
            nodes.put(name, Gathering.of(data, folder.resolve("witness").resolve(name + ".txt")));
        }
        return nodes;
    }

    boolean isClean() {
        return verdict.isClean() && endings == 0 && late.isEmpty() && left.equals(NOTHING);
    }

    /// As Markdown.
    String text() {
        StringBuilder text = new StringBuilder("| | |\n|---|---|\n");
        Report.row(text, "messages", messages);
        Report.counts(text, verdict);
        Report.row(text, "agents or brokers that ended by themselves", endings);
        Report.row(text, "agents that did not stop", late);
        Report.row(text, "still under way at the end", left);
        Report.found(text, verdict);
        return text.toString();
    }
}
