package io.steward.agent.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A drop folder into which others may write, and in which they do what they can.
class HostileCorpusTest {
    private Rig rig;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        rig = new Rig(folder.toRealPath(), Rig.INBOX);
    }

    @AfterEach
    void end() throws Exception {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {".taking", "done", "failed"})
    void aLinkInPlaceOfAFolderOfTheAgentIsNotFollowed(String name, @TempDir Path elsewhere)
            throws Exception {
        Files.createSymbolicLink(rig.file(name), elsewhere);
        rig.write("a.json", Text.of("a"));
        rig.write("b.json", "no JSON");
        assertThatThrownBy(() -> rig.passes(60))
                .hasMessageContaining(rig.file(name) + " is a link: expected a folder");
        assertThat(elsewhere).isEmptyDirectory();
        rig.assertTaken();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "..json",
                "...json",
                "*.json",
                ">.json",
                "$(id).json",
                "-rf.json",
                "a\nb.json",
                "a\u001b]0;t\u0007.json",
                "a\u202e.json",
                "%2e%2e.json",
                "a;b|c.json"
            })
    void aNameIsANameAndNothingElse(String name) throws Exception {
        rig.write(name, Text.of("a"));
        rig.passes(60);
        if (name.startsWith(".")) {
            rig.assertTaken();
        } else {
            rig.assertTaken("a");
            assertThat(rig.names()).containsExactly("done/" + name);
        }
    }
}
