using Microsoft.Extensions.Time.Testing;
using OrleansChat.Client.Commands;

namespace OrleansChat.Client.Tests;

/// <summary>Runs the whole program against a scripted server, with a folder of its own for its token.</summary>
internal sealed class ClientRun : IDisposable
{
    public const string Token = "7dbb0ec6-0db0-4c1d-9d8e-4f0f4f9f2a11";
    public const string LoggedIn = $$"""{"status": "OK", "tokenid": "{{Token}}"}""";
    public const string Sent = """{"status": "OK", "message": "Message Sent"}""";
    public const string Empty = """{"status": "OK", "messages": {}}""";
    public const string OneMessage =
        """{"status": "OK", "messages": {"messi": [{"msg_from": "Lionel Messi", "msg_to": "Jordan Henderson","""
        + """ "msg": "  Teknik Informatika \r\n"}]}}""";

    public const string Unavailable = """{"status": "ERROR", "message": "Layanan Sedang Tidak Tersedia"}""";

    private readonly DirectoryInfo _state = Directory.CreateTempSubdirectory("chat-client-test");

    public FakeTimeProvider Time { get; } = new();

    public string? EnvironmentToken { get; init; }

    public string StateFolder => _state.FullName;

    public string TokenFile(int port) => Path.Combine(StateFolder, "orleanschat", $"127.0.0.1-{port}.token");

    /// <summary>Puts the token where a login would have left it.</summary>
    public void KeepToken(int port)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(TokenFile(port))!);
        File.WriteAllText(TokenFile(port), Token + "\n");
    }

    public async Task<ExitCode> RunAsync(FakeTerminal terminal, int port, params string[] arguments) =>
        (ExitCode)await new CommandLine(terminal, Variable, Time)
            .RunAsync(["--port", $"{port}", .. arguments])
            .WaitAsync(ScriptedServer.Safety);

    public void Dispose() => _state.Delete(recursive: true);

    private string? Variable(string name) => name switch
    {
        "XDG_STATE_HOME" => StateFolder,
        "ORLEANSCHAT_TOKEN" => EnvironmentToken,
        _ => null,
    };
}
