using System.Diagnostics;
using OrleansChat.EndToEnd.Tests.Service;

namespace OrleansChat.EndToEnd.Tests.Web;

/// <summary>The bots of docs/protocol/http.md do what is said of them, as they stand there but for the address.</summary>
[Trait("Tier", "Usual")]
public sealed class BotTests(WebChatService service) : IClassFixture<WebChatService>, IDisposable
{
    private const string Bot = "henderson";

    /// <summary>A C# file is compiled first.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orleanschat-bot-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("python", "bot.py", "python3", "bot.py")]
    [InlineData("csharp", "bot.cs", "dotnet", "run", "bot.cs")]
    public async Task A_bot_answers_each_message_once_and_goes_on_where_it_was_killed(
        string language, string file, string program, params string[] arguments)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, file), TextOf(language));
        using var peer = await WebUser.LogInAsync(service, await service.AddUserAsync("peer"));
        await peer.SendAsync(Bot, "one");
        using (var bot = Start(program, arguments))
        {
            await SeesAsync(bot, "one");
            await bot.EndAsync();
        }
        await peer.SendAsync(Bot, "two");
        await peer.SendAsync(Bot, "three \u2713");
        using (var bot = Start(program, arguments))
        {
            await SeesAsync(bot, "one", "two", "three \u2713");
            // What it answered has left the inbox.
            var text = await service.LogInAsync(Bot);
            await Eventually.SeesAsync(
                Patience, () => text.AskAsync("inbox"), reply => reply.Contains("\"messages\": {}", StringComparison.Ordinal));
            await bot.EndAsync();
        }
        Assert.Equal(["You said: one", "You said: two", "You said: three \u2713"], await AnswersAsync());

        async Task SeesAsync(RunningBot bot, params string[] said)
        {
            await Eventually.SeesAsync(Patience, AnswersAsync, answers =>
            {
                Assert.False(bot.HasEnded, bot.Errors);
                return answers.Length == said.Length;
            });
        }

        async Task<string[]> AnswersAsync() =>
            [.. (await peer.AskAsync("GET", $"logs/{peer.Inbox}?after=0&epoch={peer.Epoch}")).GetProperty("entries").EnumerateArray()
                .Select(entry => entry.GetProperty("text").GetString()!)];
    }

    /// <summary>The program of that language in the document, which speaks to this service.</summary>
    private string TextOf(string language)
    {
        const string Address = "http://localhost:8080/v1";
        var document = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "http.md"));
        var text = document.Split($"```{language}\n")[1].Split("```")[0];
        Assert.Equal(2, text.Split(Address).Length);
        return text.Replace(Address, service.Web!.ToString().TrimEnd('/'), StringComparison.Ordinal);
    }

    private RunningBot Start(string program, string[] arguments) => new(program, arguments, _folder.FullName);

    /// <summary>A bot in a process, which may have started others.</summary>
    private sealed class RunningBot : IDisposable
    {
        private readonly Process _process;
        private readonly Task<string> _errors;

        public RunningBot(string program, string[] arguments, string folder)
        {
            var start = new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            // What the build that runs this test has set is not meant for another.
            var names = start.Environment.Keys.Where(key => key.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray();
            foreach (var name in names) start.Environment.Remove(name);
            _process = Process.Start(start)!;
            var output = _process.StandardOutput.ReadToEndAsync();
            _errors = Task.Run(async () => await _process.StandardError.ReadToEndAsync() + await output);
        }

        public bool HasEnded => _process.HasExited;

        /// <summary>What it wrote before it ended.</summary>
        public string Errors => HasEnded ? _errors.GetAwaiter().GetResult() : "";

        /// <summary>Kills it.</summary>
        public async Task EndAsync()
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        public void Dispose()
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            _process.Dispose();
        }
    }
}
