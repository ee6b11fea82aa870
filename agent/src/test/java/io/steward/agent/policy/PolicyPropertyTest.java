package io.steward.agent.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steward.messages.Message;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Policies, messages and senders by chance, from a few words that meet often.
class PolicyPropertyTest {
    private static final int CASES = 20_000;
    private static final List<String> WORDS =
            List.of("a", "b", "ab", "\"*\"", "\"a*\"", "\"?\"", "\"[!a]\"", "\"*b\"");
    private static final List<String> ARGUMENTS =
            List.of("\"*\"", "\"/a/*\"", "x", "\"-*\"", "\"*/*\"", "\"?\"");
    private static final List<String> GIVEN =
            List.of("x", "/a/b", "/a/..", "-x", "", "a/b", "\n", "/a/b/c", "..");

    private final Random random = new Random(7);

    @Test
    void oneMoreRuleThatDeniesInFrontNeverAllowsMore() throws PolicyException {
        for (int i = 0; i < CASES; i++) {
            List<String> rules = rules();
            List<String> more = new ArrayList<>(rules);
            more.addFirst(rule("front", false));
            Policy before = policy(rules);
            Policy after = policy(more);
            String who = who();
            Message message = message(who);
            Decision was = before.decide(message, Letters.sender(who));
            Decision is = after.decide(message, Letters.sender(who));
            if (is.allowed()) {
                assertThat(was).as("%s%n%s", more, message).isEqualTo(is);
            }
        }
    }

    @Test
    void aPrefixOfAPolicyNeverAllowsMore() throws PolicyException {
        for (int i = 0; i < CASES; i++) {
            List<String> rules = rules();
            String who = who();
            Message message = message(who);
            Decision whole = policy(rules).decide(message, Letters.sender(who));
            Decision part =
                    policy(rules.subList(0, random.nextInt(rules.size() + 1)))
                            .decide(message, Letters.sender(who));
            if (part.allowed()) {
                assertThat(part).as("%s%n%s", rules, message).isEqualTo(whole);
            }
        }
    }

    @Test
    void whereTheSenderIsNotKnownNoMoreIsAllowedThanForSomeSenderThatIs() throws PolicyException {
        for (int i = 0; i < CASES; i++) {
            Policy policy = policy(List.of(rule("r0", true)));
            Message message = message("a");
            if (policy.decide(message, Letters.sender("a/?")).allowed()) {
                assertThat(policy.decide(message, Letters.sender("a")).allowed()).isTrue();
            }
        }
    }

    @Test
    void wildcardsMatchNarrowlyOnlyWhatTheyMatchBroadly() {
        for (int i = 0; i < CASES; i++) {
            Pattern pattern = Pattern.of(text("ab/*?.-"));
            String text = text("ab/.-\n");
            if (pattern.matchesNarrowly(text)) {
                assertThat(pattern.matches(text)).as("%s %s", pattern.text(), text).isTrue();
            }
        }
    }

    private String text(String alphabet) {
        return random.ints(random.nextInt(7), 0, alphabet.length())
                .collect(
                        StringBuilder::new,
                        (out, at) -> out.append(alphabet.charAt(at)),
                        StringBuilder::append)
                .toString();
    }

    private List<String> rules() {
        return IntStream.range(0, random.nextInt(4))
                .mapToObj(i -> rule("r" + i, random.nextBoolean()))
                .toList();
    }

    private String rule(String name, boolean allows) {
        StringBuilder rule = new StringBuilder("{name: ").append(name);
        for (String key : List.of("from", "fromCloud", "fromTag", "domain")) {
            if (random.nextInt(4) == 0) {
                rule.append(", %s: [%s, %s]".formatted(key, pick(WORDS), pick(WORDS)));
            }
        }
        if (random.nextInt(3) == 0) {
            rule.append(", type: ").append(random.nextBoolean() ? "command" : "event");
        }
        if (random.nextInt(2) == 0) {
            rule.append(", method: shellcommand, program: ").append(pick(WORDS));
            if (random.nextInt(2) == 0) {
                rule.append(
                        ", arguments: [%s%s]"
                                .formatted(pick(ARGUMENTS), random.nextBoolean() ? ", ..." : ""));
            }
        }
        return rule.append(", outcome: %s}".formatted(allows ? "allow" : "deny")).toString();
    }

    private static Policy policy(List<String> rules) throws PolicyException {
        return Policy.read("policy.yaml", "rules: [%s]".formatted(String.join(", ", rules)));
    }

    private String who() {
        return pick(List.of("a", "b", "ab", "a/?", "b/a/b", "ab/b/a,ab"));
    }

    private Message message(String who) {
        List<String> data = new ArrayList<>(List.of(pick(List.of("a", "b", "/x/b", "ab"))));
        random.ints(random.nextInt(3), 0, GIVEN.size()).mapToObj(GIVEN::get).forEach(data::add);
        return Letters.message(
                who.split("/", 2)[0],
                random.nextBoolean() ? "command" : "event",
                random.nextBoolean() ? "shellcommand" : "noop",
                pick(List.of("a", "b", "ab")),
                data);
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }
}
