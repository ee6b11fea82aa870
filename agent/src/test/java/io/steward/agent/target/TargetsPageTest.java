package io.steward.agent.target;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// docs/targets.md shows targets that can be read, and errors as they are.
class TargetsPageTest {
    private static List<String> block(int number) throws IOException {
        String page = Files.readString(Path.of("../docs/targets.md"));
        return page.split("(?m)^```.*$")[2 * number - 1]
                .lines()
                .filter(line -> !line.isEmpty())
                .toList();
    }

    @Test
    void everyExampleIsATarget() throws Exception {
        List<String> examples = block(1);
        assertThat(examples).hasSizeGreaterThan(5);
        for (String example : examples) {
            String target = example.strip().split(" {2,}", 2)[0];
            Target read = Target.parse(target);
            assertThat(Target.parse(read.toString())).as(target).isEqualTo(read);
        }
    }

    @Test
    void everyErrorIsAsItIsShown() throws Exception {
        List<String> lines = block(2);
        assertThat(lines).hasSizeGreaterThan(10);
        for (int i = 0; i < lines.size(); i += 2) {
            String target = lines.get(i).strip();
            TargetException error =
                    catchThrowableOfType(TargetException.class, () -> Target.parse(target));
            assertThat(error).as(target).isNotNull();
            assertThat(error.pointed().lines().toList().getLast().strip())
                    .isEqualTo(lines.get(i + 1).strip());
            assertThat(error.pointed().lines().toList().getLast().indexOf('^') - 2)
                    .isEqualTo(lines.get(i + 1).indexOf('^') - lines.get(i).indexOf(target));
        }
    }
}
