package io.steward.agent.facts;

import java.net.Inet6Address;
import java.net.InetAddress;

/// An address as people write it: RFC 5952 for IPv6, without a scope.
final class AddressText {
    private static final int GROUPS = 8;

    private AddressText() {}

    static String of(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address.getHostAddress();
        }
        byte[] bytes = address.getAddress();
        int[] groups = new int[GROUPS];
        for (int i = 0; i < GROUPS; i++) {
            groups[i] =
                    Byte.toUnsignedInt(bytes[2 * i]) << Byte.SIZE
                            | Byte.toUnsignedInt(bytes[2 * i + 1]);
        }
        return text(groups);
    }

    /// The first of the longest runs of two and more zeros is written as `::`.
    private static String text(int[] groups) {
        int start = 0;
        int length = 1;
        for (int i = 0; i < GROUPS; i++) {
            int end = i;
            while (end < GROUPS && groups[end] == 0) {
                end++;
            }
            if (end - i > length) {
                start = i;
                length = end - i;
            }
        }
        if (length == 1) {
            return text(groups, 0, GROUPS);
        }
        return text(groups, 0, start) + "::" + text(groups, start + length, GROUPS);
    }

    private static String text(int[] groups, int from, int to) {
        StringBuilder text = new StringBuilder();
        for (int i = from; i < to; i++) {
            text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
        }
        return text.toString();
    }
}
