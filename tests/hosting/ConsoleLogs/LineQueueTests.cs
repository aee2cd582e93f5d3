using System.Collections.Concurrent;
using System.Threading.Channels;
using OrleansChat.Hosting.ConsoleLogs;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosting.Tests.ConsoleLogs;

/// <summary>A log that nobody reads, by an output in the test's hand.</summary>
public sealed class LineQueueTests
{
    private readonly Channel<string> _begun = Channel.CreateUnbounded<string>();
    private readonly Channel<bool> _reads = Channel.CreateUnbounded<bool>();
    private readonly ConcurrentQueue<string> _written = [];
    private int _dropped;

    [Fact]
    public async Task While_nobody_reads_entries_are_dropped_and_their_number_stands_in_their_place()
    {
        using var queue = New(capacity: 3);
        queue.Add("in the pipe");
        await BeginsAsync("in the pipe");
        for (var i = 1; i <= 5; i++) queue.Add($"waiting {i}");

        // Then there is room for two: the number, and the next entry.
        await ReadUntilAsync("waiting 2");
        queue.Add("after");
        queue.Add("dropped too");
        await ReadUntilAsync("1 dropped");

        Assert.Equal(["in the pipe", "waiting 1", "waiting 2", "waiting 3", "2 dropped", "after"], _written);
        Assert.Equal(3, _dropped);
        _reads.Writer.TryWrite(true);
    }

    [Fact]
    public async Task The_number_is_said_also_when_nothing_more_is_logged()
    {
        using var queue = New(capacity: 1);
        queue.Add("in the pipe");
        await BeginsAsync("in the pipe");
        for (var i = 1; i <= 3; i++) queue.Add($"waiting {i}");

        await ReadUntilAsync("2 dropped");
        _reads.Writer.TryWrite(true);
    }

    [Fact]
    public async Task Nobody_waits_for_an_output_that_stands_still_not_even_the_end()
    {
        var queue = New(capacity: 10);
        queue.Add("in the pipe");
        await BeginsAsync("in the pipe");
        queue.Add("waiting");

        await Task.Run(queue.Dispose).WaitAsync(Waiting.Patience);
        queue.Add("too late");

        Assert.Empty(_written);
        for (var i = 0; i < 3; i++) _reads.Writer.TryWrite(true);
    }

    [Fact]
    public async Task What_was_logged_before_the_end_is_written()
    {
        var queue = New(capacity: 10);
        queue.Add("in the pipe");
        await BeginsAsync("in the pipe");
        queue.Add("last");
        var ended = Task.Run(queue.Dispose);

        await ReadUntilAsync("last");
        _reads.Writer.TryWrite(true);
        await ended.WaitAsync(Waiting.Patience);
    }

    private LineQueue New(int capacity) => new(capacity, Write, count => $"{count} dropped", () => _dropped++);

    private async Task BeginsAsync(string entry) =>
        Assert.Equal(entry, await _begun.Reader.ReadAsync().AsTask().WaitAsync(Waiting.Patience));

    /// <summary>Reads entries until this one comes, which stays in the pipe.</summary>
    private async Task ReadUntilAsync(string entry)
    {
        do _reads.Writer.TryWrite(true);
        while (await _begun.Reader.ReadAsync().AsTask().WaitAsync(Waiting.Patience) != entry);
    }

    private void Write(string entry)
    {
        _begun.Writer.TryWrite(entry);
        _reads.Reader.ReadAsync().AsTask().Wait();
        _written.Enqueue(entry);
    }
}
