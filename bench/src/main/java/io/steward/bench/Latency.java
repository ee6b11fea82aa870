package io.steward.bench;

import java.util.Arrays;
import java.util.Locale;

/// How long one thing took, done many times one after the other.
///
/// @param p50 the median, in milliseconds
/// @param p99 in milliseconds
record Latency(double p50, double p99) {

    /// Something that is done once per measurement.
    interface Step {
        void run(int number) throws Exception;
    }

    /// Does a thing `warmUp` times unmeasured, then `times` times measured.
    static Latency of(int warmUp, int times, Step step) throws Exception {
        for (int i = 0; i < warmUp; i++) {
            step.run(i);
        }
        long[] took = new long[times];
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            step.run(warmUp + i);
            took[i] = System.nanoTime() - start;
        }
        Arrays.sort(took);
        return new Latency(took[times / 2] / 1e6, took[times * 99 / 100] / 1e6);
    }

    /// `3.1 / 7.5`, in milliseconds.
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.2f / %.2f", p50, p99);
    }
}
