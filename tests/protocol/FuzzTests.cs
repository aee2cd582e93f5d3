using System.Buffers;
using Microsoft.Extensions.Time.Testing;
using OrleansChat.Protocol.Line;
using OrleansChat.Verification.Fuzzing;
using OrleansChat.Verification.Fuzzing.Oracles;

namespace OrleansChat.Protocol.Tests;

/// <summary>Generated inputs, and that a protocol layer that is wrong does not pass them. <c>./verify --fuzz</c> runs many more.</summary>
public class FuzzTests
{
    private const int Seed = 1, Seeds = 4;

    [Fact]
    public async Task No_input_shows_a_difference()
    {
        Fuzzer fuzzer = new(Seed, new(), TimeProvider.System);
        var failure = await RunAsync(fuzzer, 200_000, threads: 2);
        Assert.True(failure is null, $"Input {failure?.Number} of seed {Seed} shows: {failure?.Difference}\n"
            + $"'./verify --fuzz --seed {Seed} --input {failure?.Number}' runs it alone and cuts it down. "
            + "Either the protocol layer or the oracle is wrong: "
            + "docs/internals/verification.md says what each promises. Keep what was cut down as a line of SplitTests or ReplyEdgeTests.");
        Assert.Equal(200_000, fuzzer.Counts.Inputs);
        Assert.All(Vocabulary.Forms,
            form => Assert.True(fuzzer.Counts.Commands[(int)form.Kind] > 0, $"No input holds a right '{form.Word}'."));
        Assert.DoesNotContain(0, fuzzer.Counts.Replies);
        Assert.All(
            (ReplyError[])[ReplyError.NotACommand, ReplyError.MissingArguments, ReplyError.LineTooLong],
            error => Assert.True(fuzzer.Counts.Refusals[(int)error] > 1_000));
    }

    [Fact]
    public void A_seed_and_a_number_decide_an_input()
    {
        Assert.All(Enumerable.Range(0, 1_000), number => Assert.Equal(Drawn(Seed, number), Drawn(Seed, number)));
        Assert.Equal(2_000, Enumerable.Range(0, 2_000).Select(number => Drawn(number % 2, number / 2)).Distinct().Count());
    }

    [Fact]
    public void The_oracles_know_every_command_and_every_error()
    {
        Assert.All(CommandTable.Forms, form => Assert.True(
            NaiveParser.Commands.Contains(form.Word),
            $"Nothing generated holds the command '{form.Word}' before NaiveParser says what a line of it means."));
        Assert.All(Enum.GetValues<ReplyError>(), error => Assert.True(
            NaiveReplies.Errors.Contains(error), $"Nothing generated holds the error {error} before NaiveReplies says its text."));
    }

    public static TheoryData<string> Faults => [.. BrokenProtocol.Faults.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task What_is_wrong_is_found_again_by_its_number_and_cut_down(string fault)
    {
        (ProtocolSubject broken, int size) = BrokenProtocol.Faults[fault];
        List<IFuzzInput> cutDown = [];
        // Which inputs a seed means changes with the generator, and with every new command: one may be of a kind
        // that cannot be cut down as far.
        for (var seed = Seed; seed < Seed + Seeds && !cutDown.Exists(input => SizeOf(input) <= size); seed++)
        {
            FuzzFailure? failure = await RunAsync(new(seed, broken, TimeProvider.System), 1_000_000, threads: 1);
            Assert.True(failure is not null,
                $"A million inputs of seed {seed} did not find that {fault}: the generator no longer draws what shows it.");
            Fuzzer again = new(seed, broken, TimeProvider.System);
            IFuzzInput input = again.Draw(failure.Number);
            Assert.Equal(failure.Difference, again.Check(input));
            IFuzzInput smallest = Cutting.Minimize(input, again.Check);
            Assert.NotNull(again.Check(smallest));
            Assert.Null(new Fuzzer(seed, new(), TimeProvider.System).Check(smallest));
            cutDown.Add(smallest);
        }

        Assert.True(cutDown.Exists(input => SizeOf(input) <= size),
            $"That {fault} was found, but cut down to no less than {cutDown.Min(SizeOf)} bytes with any of {Seeds} seeds, "
            + $"where {size} show it: {cutDown.MinBy(SizeOf)}\n"
            + "If that is the least with the words that there are now, "
            + "write it into BrokenProtocol; otherwise Cutting gives up too early.");
    }

    [Fact]
    public async Task An_input_that_takes_for_ever_is_named()
    {
        using SemaphoreSlim hangs = new(0), never = new(0);
        FakeTimeProvider time = new();
        Task<FuzzFailure?> run = new Fuzzer(Seed, new HangingProtocol(hangs, never), time)
            .RunAsync(0, long.MaxValue, TimeSpan.MaxValue, 1, _ => { }, CancellationToken.None);
        await hangs.WaitAsync();
        while (!run.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        FuzzFailure? failure = await run;
        never.Release();
        Assert.True(failure is { Hangs: true });
        Assert.IsType<StreamInput>(new Fuzzer(Seed, new(), time).Draw(failure.Number));
    }

    [Fact]
    public void What_is_shown_is_escaped()
    {
        Assert.Equal("""stream "inbox\r\n\u00ff\u0000\"\\" """.TrimEnd()
            + "\nlines of at most 9 bytes; segments end at [2]; arrived [1, 11]",
            new StreamInput([.. "inbox\r\n"u8, 0xff, 0, (byte)'"', (byte)'\\'], 9, [2], [1, 11]).ToString());
        Assert.Equal("\"a\" + \"x\" * 65536 + \"\\n\"", EscapedText.Of("a" + new string('x', 65536) + "\n"));
        Assert.Equal("\"x\" * 41", EscapedText.Of(new string('x', 41)));
        Assert.Equal("\"\"", EscapedText.Of(""));
    }

    private static string Drawn(int seed, long number) => $"{number} {new Fuzzer(seed, new(), TimeProvider.System).Draw(number)}";

    private static Task<FuzzFailure?> RunAsync(Fuzzer fuzzer, long inputs, int threads) =>
        fuzzer.RunAsync(0, inputs, TimeSpan.MaxValue, threads, _ => { }, CancellationToken.None);

    /// <summary>How many bytes and characters there are in an input.</summary>
    private static int SizeOf(IFuzzInput input) => input switch
    {
        StreamInput stream => stream.Bytes.Length,
        ReplyInput reply => reply.Names.Sum(name => name.Length)
            + reply.Messages.Sum(message => message.Sender.Length + message.SenderName.Length + message.Text.Length),
        _ => throw new ArgumentException("Unknown.", nameof(input)),
    };

    private sealed class HangingProtocol(SemaphoreSlim hangs, SemaphoreSlim never) : ProtocolSubject
    {
        public override bool TryParse(in ReadOnlySequence<byte> line, out Command? command, out ReplyError error)
        {
            hangs.Release();
            never.Wait();
            return base.TryParse(line, out command, out error);
        }
    }
}
