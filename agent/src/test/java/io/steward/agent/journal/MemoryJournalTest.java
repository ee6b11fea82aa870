package io.steward.agent.journal;

class MemoryJournalTest extends JournalContract {
    private final MemoryJournal memory = new MemoryJournal(samples.clock());

    @Override
    Journal open() {
        return memory;
    }

    @Override
    Journal restart() {
        memory.close();
        memory.reopen();
        return memory;
    }
}
