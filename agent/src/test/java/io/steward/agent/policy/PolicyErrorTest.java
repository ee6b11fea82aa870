package io.steward.agent.policy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyErrorTest {

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '^',
            value = {
                "^^ # policy.yaml, line 1, column 1: expected `rules:` with a list of rules",
                "- a # expected `rules:` with a list of rules",
                "{} # rules: is missing",
                "rulez: [] # policy.yaml, line 1, column 1: rulez: there is no such key: did you"
                        + " mean rules?",
                "rules: [] | rules: [] # line 2, column 1: rules: is given twice",
                "rules: 5 # rules: expected a list",
                "rules: # rules: expected a list",
                "rules: [] | --- | rules: [] # a second document: expected just one",
                "rules: [ # not YAML",
                "rules: [a] # expected a rule: name, conditions, outcome",
                "rules: [{outcome: deny}] # line 1, column 9: name: is missing",
                "rules: [{name: a}] # outcome: is missing in rule a: expected allow or deny",
                "rules: [{name: a, outcome: permit}] # outcome: \"permit\": expected allow or deny",
                "rules: [{name: a, outcome: true}] # outcome: true is not a text: write it in"
                        + " quotes",
                "rules: [{name: a, outcome: [allow]}] # outcome: expected one text, not a list",
                "rules: [{name: a b, outcome: allow}] # name: \"a b\": expected 1 to 64 characters",
                "rules: [{name: a, outcome: deny}, {name: a, outcome: allow}] # there is another"
                        + " rule a",
                "rules: [{name: a, name: b, outcome: deny}] # name: is given twice",
                "rules: [{name: a, outcome: deny, fron: x}] # fron: there is no such key: did you"
                        + " mean from?",
                "rules: [{name: a, outcome: deny, from: []}] # from: an empty list: expected at"
                        + " least one",
                "rules: [{name: a, outcome: deny, from: 5}] # from: 5 is not a text: write it in"
                        + " quotes",
                "rules: [{name: a, outcome: deny, from: null}] # from: expected a text or a list of"
                        + " them",
                "rules: [{name: a, outcome: deny, from: {x: y}}] # from: expected a text or a list"
                        + " of them",
                "rules: [{name: a, outcome: deny, from: [[x]]}] # from: expected a text or a list"
                        + " of them",
                "rules: [{name: a, outcome: deny, from: a.b}] # from: \"a.b\": expected A-Z a-z 0-9"
                        + " _ -",
                "rules: [{name: a, outcome: deny, from: ''}] # from: \"\": expected A-Z a-z 0-9 _"
                        + " -",
                "rules: [{name: a, outcome: deny, from: *x}] # an alias (*x): write texts that"
                        + " begin with * in quotes",
                "rules: [{name: a, outcome: deny, from: !x y}] # a tag (!...): write texts that"
                        + " begin with ! in quotes",
                "rules: [{name: a, outcome: deny, from: 'x[a'}] # a [ that is not closed",
                "rules: [{name: a, outcome: deny, from: 'x[]'}] # empty brackets",
                "rules: [{name: a, outcome: deny, from: '[z-a]'}] # the range z-a",
                "rules: [{name: a, outcome: deny, type: commands}] # type: \"commands\": expected"
                        + " command or event",
                "rules: [{name: a, outcome: deny, program: x}] # expected `method: shellcommand` in"
                        + " it",
                "rules: [{name: a, outcome: deny, method: [shellcommand, ping], program: x}] #"
                        + " expected `method: shellcommand` in it",
                "rules: [{name: a, outcome: allow, method: 'shell*', runAs: x}] # expected `method:"
                        + " shellcommand` in it",
                "rules: [{name: a, outcome: deny, method: shellcommand, program: ''}] # program: an"
                        + " empty text: expected a program",
                "rules: [{name: a, outcome: allow, method: shellcommand, arguments: [..., x]}] #"
                        + " arguments: ... stands before the end",
                "rules: [{name: a, outcome: allow, method: shellcommand, arguments: [1]}] #"
                        + " arguments: 1 is not a text",
                "rules: [{name: a, outcome: allow, method: shellcommand, runAs: 0}] # runAs: 0 is"
                        + " not a text",
                "rules: [{name: a, outcome: allow, method: shellcommand, runAs: '0'}] # runAs:"
                        + " \"0\" is no user name",
                "rules: [{name: a, outcome: deny, method: shellcommand, runAs: x}] # expected runAs"
                        + " and limits only in rules that allow",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: 5}] # limits:"
                        + " expected some of cpuTime, memory",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: {cpu: 5s}}] #"
                        + " limits.cpu: there is no such key",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: {cpuTime: soon}}]"
                        + " # expected a duration of whole seconds",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: {cpuTime:"
                        + " 1500ms}}] # expected a duration of whole seconds",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: {memory: lots}}] #"
                        + " memory: \"lots\": expected a size",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: {openFiles: 0}}] #"
                        + " openFiles: \"0\": expected a whole number from 1",
                "rules: [{name: a, outcome: allow, method: shellcommand, limits: {processes: 5,"
                        + " processes: 6}}] # limits.processes: is given twice",
            })
    void aMistakeIsToldWithItsPlaceAndWhatWasExpected(String yaml, String error) {
        assertThatThrownBy(() -> Policy.read("policy.yaml", yaml.replace(" | ", "\n")))
                .isInstanceOf(PolicyException.class)
                .hasMessageStartingWith("policy.yaml, line ")
                .hasMessageContaining(error);
    }
}
