package io.steward.agent.facts;

import io.steward.agent.facts.Platform.Interface;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Interfaces and addresses: `network.interfaces`, `address.*`. An interface is one that is
/// hardware or has an address that others can reach; so those that come and go with containers are
/// none. Hardware comes first.
final class NetworkFacts implements FactGroup {
    private static final Logger log = LoggerFactory.getLogger(NetworkFacts.class);
    private static final int MOST = 50;
    private static final int MOST_NAMES = 1000;
    private static final String FOLDER = "/sys/class/net/";

    private final MachineFiles files;
    private final Platform platform;

    NetworkFacts(MachineFiles files, Platform platform) {
        this.files = files;
        this.platform = platform;
    }

    @Override
    public void gather(Collected to) {
        SortedMap<String, List<InetAddress>> interfaces =
                new TreeMap<>(
                        Comparator.comparing((String name) -> !isHardware(name))
                                .thenComparing(Comparator.naturalOrder()));
        files.names(FOLDER, MOST_NAMES).stream()
                .filter(this::isHardware)
                .forEach(name -> interfaces.put(name, List.of()));
        addAddresses(interfaces);
        List<String> names = interfaces.keySet().stream().limit(MOST).toList();
        to.put("network.interfaces", names);
        to.put("address.ipv4", addresses(interfaces, names, Inet4Address.class));
        to.put("address.ipv6", addresses(interfaces, names, Inet6Address.class));
        names.stream()
                .filter(this::isHardware)
                .findFirst()
                .ifPresent(name -> to.put("address.mac", files.line(FOLDER + name + "/address")));
    }

    private boolean isHardware(String name) {
        return files.exists(FOLDER + name + "/device");
    }

    private void addAddresses(SortedMap<String, List<InetAddress>> interfaces) {
        try {
            for (Interface each : platform.interfaces()) {
                List<InetAddress> reachable =
                        each.addresses().stream()
                                .filter(address ->
                                        !address.isLoopbackAddress()
                                                && !address.isLinkLocalAddress())
                                .sorted((one, other) ->
                                        Arrays.compareUnsigned(
                                                one.getAddress(), other.getAddress()))
                                .toList();
                if (!reachable.isEmpty()) {
                    interfaces.put(each.name(), reachable);
                }
            }
        } catch (IOException e) {
            log.debug("the network interfaces cannot be listed", e);
        }
    }

    private static List<String> addresses(
            SortedMap<String, List<InetAddress>> interfaces,
            List<String> names,
            Class<? extends InetAddress> kind) {
        List<String> found = new ArrayList<>();
        for (String name : names) {
            interfaces.getOrDefault(name, List.of()).stream()
                    .filter(kind::isInstance)
                    .map(AddressText::of)
                    .filter(address -> !found.contains(address))
                    .forEach(found::add);
        }
        return found;
    }
}
