package io.steward.cli;

import java.io.PrintWriter;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// Reads a command line, runs the command, and turns what goes wrong into a message and an exit
/// code.
final class Cli {
    private Cli() {}

    /// @return the exit code
    static int run(Shell shell, String... arguments) {
        List<String> all = List.of(arguments);
        int end = all.indexOf("--");
        Shell given = end < 0 ? shell : shell.with(all.subList(end + 1, all.size()));
        List<String> own = end < 0 ? all : all.subList(0, end);
        CommandLine line = commandLine(given, own);
        boolean debug = own.contains("--debug");
        try {
            if (own.isEmpty()) {
                line.usage(shell.out());
                return Exit.USAGE;
            }
            return line.execute(own.toArray(String[]::new));
        } finally {
            shell.out().flush();
            shell.err().flush();
            if (debug && shell.out().checkError()) {
                shell.err().println("steward: what was printed could not all be written");
            }
        }
    }

    /// @param arguments if they begin with a command's name, only that command is built, which is
    ///   what makes the start quick
    static CommandLine commandLine(Shell shell, List<String> arguments) {
        Map<String, Commands.Entry> commands = Commands.all();
        CommandLine.IFactory factory = new Factory(shell, commands);
        CommandLine line = new CommandLine(Root.class, factory);
        Commands.Entry used = arguments.isEmpty() ? null : commands.get(arguments.getFirst());
        if (used != null) {
            line.addSubcommand(arguments.getFirst(), used.type());
        } else {
            commands.forEach((name, entry) -> line.addSubcommand(name, entry.type()));
        }
        line.setOut(new PrintWriter(shell.out(), true, StandardCharsets.UTF_8));
        line.setErr(new PrintWriter(shell.err(), true, StandardCharsets.UTF_8));
        line.setColorScheme(
                CommandLine.Help.defaultColorScheme(shell.color() ? Ansi.ON : Ansi.OFF));
        line.setUsageHelpWidth(100);
        line.setParameterExceptionHandler((e, args) -> usage(shell, e));
        line.setExecutionExceptionHandler((e, command, result) -> failed(shell, e, args(result)));
        exitCodes(line);
        return line;
    }

    private static void exitCodes(CommandLine line) {
        line.getCommandSpec()
                .usageMessage()
                .exitCodeListHeading("%nExit codes:%n")
                .exitCodeList(Exit.descriptions());
        line.getSubcommands().values().forEach(Cli::exitCodes);
    }

    private static List<String> args(CommandLine.ParseResult result) {
        return new ArrayList<>(result.originalArgs());
    }

    private static int usage(Shell shell, ParameterException e) {
        shell.warn(String.valueOf(e.getMessage()));
        if (!UnmatchedArgumentException.printSuggestions(
                e, new PrintWriter(shell.err(), true, StandardCharsets.UTF_8))) {
            String name = e.getCommandLine().getCommandName();
            shell.warn(
                    name.equals("steward")
                            ? "\"%s help\" lists the commands".formatted(shell.self())
                            : "see \"%s %s --help\""
                                    .formatted(
                                            shell.self(),
                                            e.getCommandLine()
                                                    .getCommandSpec()
                                                    .qualifiedName()
                                                    .replaceFirst("^steward ", "")));
        }
        return Exit.USAGE;
    }

    private static int failed(Shell shell, Exception e, List<String> arguments) {
        int exit = Exit.FAILED;
        if (e instanceof CliException known) {
            exit = known.exit();
            shell.warn(String.valueOf(e.getMessage()));
        } else if (e instanceof InterruptedException) {
            Thread.currentThread().interrupt();
            shell.warn("interrupted");
        } else {
            shell.warn(describe(e) + " (--debug shows where)");
        }
        if (arguments.contains("--debug")) {
            e.printStackTrace(shell.err());
        }
        return exit;
    }

    private static String describe(Throwable e) {
        String message = e.getMessage();
        return message == null || e instanceof java.nio.file.FileSystemException
                ? e.toString() // the message alone may be no more than a path
                : message;
    }

    /// Makes commands with the shell they run in.
    private record Factory(Shell shell, Map<String, Commands.Entry> commands)
            implements CommandLine.IFactory {
        private static final Class<?>[] SHELL = {Shell.class};

        @Override
        public <K> K create(Class<K> type) throws Exception {
            Object made = make(type);
            if (made != null) {
                return type.cast(made);
            }
            for (Constructor<?> constructor : type.getDeclaredConstructors()) {
                if (Arrays.equals(constructor.getParameterTypes(), SHELL)) {
                    return type.cast(constructor.newInstance(shell)); // a command below another
                }
            }
            return CommandLine.defaultFactory().create(type);
        }

        private @Nullable Object make(Class<?> type) {
            for (Commands.Entry entry : commands.values()) {
                if (entry.type() == type) {
                    return entry.maker().apply(shell);
                }
            }
            return null;
        }
    }
}
