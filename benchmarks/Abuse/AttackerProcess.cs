using System.Diagnostics;
using System.Text.Json;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Abuse;

/// <summary>An attack in a process of its own, so that it shares only the processors with the load generator, not its threads.</summary>
internal sealed class AttackerProcess : IAsyncDisposable
{
    /// <summary>The hidden command of this program that attacks.</summary>
    public const string Command = "attack";

    private static readonly TimeSpan ReportEvery = TimeSpan.FromSeconds(1), EndTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private AttackerProcess(Process process) => _process = process;

    /// <summary>What the attack achieved in its last second.</summary>
    public AttackReport Report { get; private set; } = AttackReport.None;

    /// <summary>Whether the process has ended by itself; then there was no attack.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Starts an attack.</summary>
    public static async Task<AttackerProcess> StartAsync(Attack attack, AttackOrder order)
    {
        // The attack takes only processor time that nobody else wants: a real attacker would use other machines' time.
        var start = new ProcessStartInfo("nice", ["-n", "19", Environment.ProcessPath!, Command, attack.Name])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        ServerProcess.LeaveOwnSettings(start);
        var attacker = new AttackerProcess(Process.Start(start)!);
        attacker._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data is { Length: > 0 } text) attacker.Report = JsonSerializer.Deserialize<AttackReport>(text)!;
        };
        attacker._process.BeginOutputReadLine();
        await attacker._process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(order));
        await attacker._process.StandardInput.FlushAsync();
        return attacker;
    }

    /// <summary>In the attacker's process: attacks as its standard input says and reports every second until that input ends.</summary>
    public static async Task<int> RunAsync(string name, TextReader input, TextWriter output)
    {
        var order = JsonSerializer.Deserialize<AttackOrder>(await input.ReadLineAsync() ?? "")
            ?? throw new BenchException("The attacker's standard input has no order: run it through the abuse scenario.");
        var tally = new Tally();
        Attacks.All.Single(attack => attack.Name == name).Start(new Attacker(order, tally));
        // A console's reader reads synchronously, so it needs a thread of its own.
        for (var end = Task.Run(input.ReadToEnd); await Task.WhenAny(end, Task.Delay(ReportEvery)) != end;)
            await output.WriteLineAsync(JsonSerializer.Serialize(tally.Report()));
        return 0;
    }

    /// <summary>Ends the process.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(EndTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
