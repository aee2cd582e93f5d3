using OrleansChat.EndToEnd.Tests.Service;
using OrleansChat.EndToEnd.Tests.Wire;

namespace OrleansChat.EndToEnd.Tests.Crashes;

/// <summary>A silo alone on its database, in a process of its own, to be stopped or killed.</summary>
internal sealed class SiloProcess : IAsyncDisposable
{
    private const string Program = "orleanschat-silo";

    private static readonly string[] Arguments = ["--listen", "127.0.0.1:0", "--demo-users", "true", "--no-limits", "true"];

    private readonly ProgramProcess _process;

    private SiloProcess(ProgramProcess process) => _process = process;

    /// <summary>What it has written so far.</summary>
    public string Output => _process.Output;

    /// <summary>Starts it, and does not wait until it listens.</summary>
    public static SiloProcess Launch(string database) => new(ProgramProcess.Launch(Program, database, Arguments));

    /// <summary>Starts it, and waits until it listens.</summary>
    public static async Task<SiloProcess> StartAsync(string database) => new(await ProgramProcess.StartAsync(Program, database, Arguments));

    /// <summary>Opens a connection to it.</summary>
    public Task<WireClient> ConnectAsync() => _process.ConnectAsync();

    /// <summary>Ends it by SIGKILL: it has no say in it.</summary>
    public Task KillAsync() => _process.EndAsync(Signal.Kill);

    /// <summary>Stops it in order, by SIGTERM; its exit code.</summary>
    public Task<int> StopAsync() => _process.EndAsync(Signal.Terminate);

    /// <summary>Waits until it has ended, and all that it wrote is read; its exit code.</summary>
    public Task<int> EndedAsync() => _process.EndedAsync();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
