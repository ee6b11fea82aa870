package io.steward.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// ARCHITECTURE.md, CONTRIBUTING.md and the pages on reliability name only types, tests and paths
/// that there are.
class ArchitecturePageTest {
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern TYPE =
            Pattern.compile("([A-Z][a-z]+[A-Za-z]*)(?:\\.[a-z]\\w*)?s?");
    private static final Pattern TEST =
            Pattern.compile("([A-Z]\\w*(?:Test|IT|Contract))(?:\\.(\\w+))?");
    private static final Pattern PATH = Pattern.compile("(?:[\\w.-]+/)+[\\w.-]*");

    @Test
    void everyTypeThatThePagesNameExists() throws IOException {
        Path root = root();
        Set<String> types;
        try (Stream<Path> files = Files.walk(root)) {
            types =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".java"))
                            .map(name -> name.substring(0, name.length() - ".java".length()))
                            .collect(Collectors.toSet());
        }
        for (String page :
                List.of(
                        "ARCHITECTURE.md",
                        "CONTRIBUTING.md",
                        "docs/faults.md",
                        "docs/reliability.md")) {
            Matcher code = CODE.matcher(Files.readString(root.resolve(page)));
            int found = 0;
            while (code.find()) {
                Matcher type = TYPE.matcher(code.group(1));
                if (type.matches() && !types.contains(type.group(1))) {
                    assertThat(types).as(page + " names " + code.group(1)).contains(type.group(1));
                }
                found += type.matches() ? 1 : 0;
            }
            assertThat(found).as("types named in " + page).isPositive();
        }
    }

    @Test
    void everyTestThatThePagesNameExists() throws IOException {
        Path root = root();
        Map<String, String> sources = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file :
                    files.filter(each -> each.toString().contains("/src/test/java/")).toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java")) {
                    String type = name.substring(0, name.length() - ".java".length());
                    sources.merge(type, Files.readString(file), String::concat);
                }
            }
        }
        for (String page : List.of("docs/faults.md", "docs/reliability.md")) {
            Matcher code = CODE.matcher(Files.readString(root.resolve(page)));
            int found = 0;
            while (code.find()) {
                Matcher test = TEST.matcher(code.group(1));
                if (test.matches()) {
                    found++;
                    String method = test.group(2);
                    assertThat(sources.keySet())
                            .as(page + " names " + code.group(1))
                            .contains(test.group(1));
                    assertThat(method == null || isDeclared(method, sources.get(test.group(1))))
                            .as(page + " names " + code.group(1))
                            .isTrue();
                }
            }
            assertThat(found).as("tests named in " + page).isPositive();
        }
    }

    private static boolean isDeclared(String method, @Nullable String source) {
        return source != null && Pattern.compile("\\s" + method + "\\(").matcher(source).find();
    }

    @Test
    void everyPathThatThePagesNameExists() throws IOException {
        Path root = root();
        for (String page :
                List.of(
                        "ARCHITECTURE.md",
                        "CONTRIBUTING.md",
                        "README.md",
                        "docs/faults.md",
                        "docs/reliability.md")) {
            Matcher code = CODE.matcher(Files.readString(root.resolve(page)));
            while (code.find()) {
                String path = code.group(1);
                if (PATH.matcher(path).matches() && !path.contains("target/")) {
                    assertThat(root.resolve(path)).as(page + " names " + path).exists();
                }
            }
        }
    }

    @Test
    void everyDecisionIsListed() throws IOException {
        Path decisions = root().resolve("docs/decisions");
        String list = Files.readString(decisions.resolve("README.md"));
        try (Stream<Path> pages = Files.list(decisions)) {
            for (Path page : pages.toList()) {
                String name = page.getFileName().toString();
                if (!name.equals("README.md")) {
                    assertThat(list).as("docs/decisions/README.md").contains("(" + name + ")");
                }
            }
        }
    }

    private static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("ARCHITECTURE.md"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
