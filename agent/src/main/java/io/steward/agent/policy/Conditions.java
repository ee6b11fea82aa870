package io.steward.agent.policy;

import io.steward.messages.Message;
import io.steward.messages.MessageType;
import io.steward.messages.Subject;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// When a rule holds: all of these must. An empty list is no condition; of a longer one it is
/// enough that one fits.
///
/// @param arguments one for each argument of the program; null for no condition
/// @param further whether more arguments may come behind those of `arguments`
record Conditions(
        List<Pattern> from,
        List<Pattern> fromCloud,
        List<Pattern> fromTag,
        Set<MessageType> type,
        List<Pattern> method,
        List<Pattern> domain,
        List<Pattern> program,
        @Nullable List<Pattern> arguments,
        boolean further) {
    static final String SHELL_COMMAND = "shellcommand";

    /// No condition at all.
    static final Conditions NONE =
            new Conditions(
                    List.of(), List.of(), List.of(), Set.of(), List.of(), List.of(), List.of(),
                    null, false);

    Conditions {
        from = List.copyOf(from);
        fromCloud = List.copyOf(fromCloud);
        fromTag = List.copyOf(fromTag);
        type = Set.copyOf(type);
        method = List.copyOf(method);
        domain = List.copyOf(domain);
        program = List.copyOf(program);
        arguments = arguments == null ? null : List.copyOf(arguments);
    }

    /// The same, for these senders alone.
    Conditions from(Pattern sender) {
        return new Conditions(
                List.of(sender),
                fromCloud,
                fromTag,
                type,
                method,
                domain,
                program,
                arguments,
                further);
    }

    /// The same, for one type alone.
    Conditions type(MessageType only) {
        return new Conditions(
                from,
                fromCloud,
                fromTag,
                Set.of(only),
                method,
                domain,
                program,
                arguments,
                further);
    }

    boolean asksForMembership() {
        return !fromCloud.isEmpty() || !fromTag.isEmpty();
    }

    /// @param broadly whether what is not certain counts as fitting, as in a rule that denies
    boolean hold(Message message, Sender sender, boolean broadly) {
        Subject subject = message.subject();
        return fits(from, List.of(sender.name().value()))
                && (type.isEmpty() || type.contains(subject.type()))
                && fits(method, List.of(subject.method()))
                && fits(domain, List.of(subject.domain()))
                && membershipFits(sender, broadly)
                && commandFits(message, broadly);
    }

    private boolean membershipFits(Sender sender, boolean broadly) {
        if (!asksForMembership()) {
            return true;
        }
        if (!sender.known()) {
            return broadly;
        }
        return fits(fromCloud, sender.cloud() == null ? List.of() : List.of(sender.cloud()))
                && fits(fromTag, sender.tags());
    }

    private static boolean fits(List<Pattern> patterns, Collection<String> words) {
        return patterns.isEmpty()
                || words.stream()
                        .anyMatch(word ->
                                patterns.stream().anyMatch(pattern -> pattern.matches(word)));
    }

    private boolean commandFits(Message message, boolean broadly) {
        if (program.isEmpty() && arguments == null) {
            return true;
        }
        if (!message.subject().method().equals(SHELL_COMMAND) || message.data().isEmpty()) {
            return false;
        }
        List<String> data = message.data();
        String called = data.getFirst();
        return (program.isEmpty()
                        || program.stream().anyMatch(each -> isProgram(each, called, broadly)))
                && argumentsFit(data.subList(1, data.size()), broadly);
    }

    /// A program that is denied by its name is denied in every folder.
    private static boolean isProgram(Pattern pattern, String called, boolean broadly) {
        return fits(pattern, called, broadly)
                || (broadly
                        && pattern.segments().size() == 1
                        && pattern.matches(called.substring(called.lastIndexOf('/') + 1)));
    }

    private boolean argumentsFit(List<String> given, boolean broadly) {
        if (arguments == null) {
            return true;
        }
        if (given.size() < arguments.size() || (given.size() > arguments.size() && !further)) {
            return false;
        }
        for (int i = 0; i < arguments.size(); i++) {
            if (!fits(arguments.get(i), given.get(i), broadly)) {
                return false;
            }
        }
        return true;
    }

    private static boolean fits(Pattern pattern, String text, boolean broadly) {
        return broadly ? pattern.matches(text) : pattern.matchesNarrowly(text);
    }
}
