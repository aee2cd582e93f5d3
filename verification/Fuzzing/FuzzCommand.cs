using System.Globalization;
using System.Text.Json;
using OrleansChat.Protocol.Line;
using Spectre.Console;

namespace OrleansChat.Verification.Fuzzing;

/// <summary><c>--fuzz</c>: runs generated inputs until time is up, there are enough, or one shows a difference.</summary>
internal static class FuzzCommand
{
    private const int Threads = 2;

    /// <returns>0 if all results are as the oracles say, otherwise 1.</returns>
    public static async Task<int> RunAsync(int seed, long inputs, TimeSpan length, bool json, CancellationToken cancellationToken)
    {
        var time = TimeProvider.System;
        Fuzzer fuzzer = new(seed, new(), time);
        var start = time.GetTimestamp();
        var failure = await fuzzer.RunAsync(0, inputs, length, Threads, elapsed => Progress(fuzzer.Counts, elapsed), cancellationToken);
        var elapsed = time.GetElapsedTime(start);
        if (json) PrintJson(fuzzer.Counts, seed, elapsed, failure);
        else PrintTable(fuzzer.Counts, seed, elapsed, failure);
        return failure is null ? 0 : Explain(fuzzer, seed, failure);
    }

    /// <summary><c>--input</c>: runs and prints a single input.</summary>
    public static async Task<int> ReplayAsync(int seed, long number, CancellationToken cancellationToken)
    {
        Fuzzer fuzzer = new(seed, new(), TimeProvider.System);
        Console.WriteLine(fuzzer.Draw(number));
        var failure = await fuzzer.RunAsync(number, 1, TimeSpan.MaxValue, 1, _ => { }, cancellationToken);
        if (failure is not null) return Explain(fuzzer, seed, failure);
        Console.WriteLine("no difference");
        return 0;
    }

    private static int Explain(Fuzzer fuzzer, int seed, FuzzFailure failure)
    {
        // Print what is certain first: making the input smaller may take a while, or hang itself.
        Console.Error.WriteLine($"DIFFERENCE at input {failure.Number}: {failure.Difference}\n"
            + $"repeat it with: ./verify --fuzz --seed {seed} --input {failure.Number}");
        if (failure.Hangs) return 1;
        var smallest = Cutting.Minimize(fuzzer.Draw(failure.Number), fuzzer.Check);
        Console.Error.WriteLine($"cut down to: {smallest}\nwhich shows: {fuzzer.Check(smallest)}");
        return 1;
    }

    private static void Progress(FuzzCounts counts, TimeSpan elapsed) =>
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{elapsed:hh\\:mm\\:ss}  {counts.Inputs:N0} inputs, {counts.Inputs / elapsed.TotalSeconds:N0}/s"));

    private static void PrintTable(FuzzCounts counts, int seed, TimeSpan elapsed, FuzzFailure? failure)
    {
        var table = new Table().AddColumn("").AddColumn(new TableColumn("").RightAligned()).HideHeaders();
        Row("seed", $"{seed}");
        Row("inputs", $"{counts.Inputs:N0}");
        Row("inputs per second", $"{counts.Inputs / elapsed.TotalSeconds:N0}");
        Row("streams", $"{counts.Streams:N0}");
        Row("their bytes", $"{counts.StreamBytes:N0}");
        Row("buffers in which they arrived", $"{counts.Buffers:N0}");
        foreach (var (name, count) in Lines(counts)) Row($"lines: {name}", $"{count:N0}");
        foreach (var (name, count) in Replies(counts)) Row($"replies: {name}", $"{count:N0}");
        Row("bytes of replies", $"{counts.ReplyBytes:N0}");
        Row("differences", $"{(failure is null ? "none" : $"input {failure.Number}")}");
        AnsiConsole.Write(table);

        void Row(string name, FormattableString value) => table.AddRow(new Text(name), new Text(FormattableString.Invariant(value)));
    }

    private static void PrintJson(FuzzCounts counts, int seed, TimeSpan elapsed, FuzzFailure? failure) =>
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            seed,
            counts.Inputs,
            seconds = elapsed.TotalSeconds,
            counts.Streams,
            counts.StreamBytes,
            counts.Buffers,
            lines = Lines(counts),
            replies = Replies(counts),
            counts.ReplyBytes,
            failedInput = failure?.Number,
        }));

    private static Dictionary<string, long> Lines(FuzzCounts counts) =>
        Enum.GetValues<CommandKind>().Select(kind => ($"{kind}", counts.Commands[(int)kind]))
            .Concat(Enum.GetValues<ReplyError>().Select(error => ($"{error}", counts.Refusals[(int)error])))
            .Where(row => row.Item2 > 0).ToDictionary(row => row.Item1, row => row.Item2);

    private static Dictionary<string, long> Replies(FuzzCounts counts) =>
        Enum.GetValues<ReplyKind>().ToDictionary(kind => $"{kind}", kind => counts.Replies[(int)kind]);
}
