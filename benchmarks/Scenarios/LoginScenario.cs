using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;
using OrleansChat.Storage.Accounts;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// First logins with real passwords, whose cost is the hashing; the same again; and sessions resumed by token.
/// </summary>
internal sealed class LoginScenario : IScenario
{
    private const int Connections = 32, FirstLogins = 2 * Connections;

    public string Name => "login";

    public string Summary => $"First logins with passwords, the same again, and sessions resumed by token; {Connections} connections.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        const int resumed = 3_200;
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var accounts = await database.AddAccountsAsync("person", FirstLogins * (options.Rounds + 1), cancellationToken);
        var tokens = await database.AddSessionsAsync(resumed * (options.Rounds + 1), cancellationToken);
        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);

        List<Round> logins = [], again = [], uses = [];
        for (var i = 0; i <= options.Rounds; i++)
        {
            var some = accounts.Skip(i * FirstLogins).Take(FirstLogins).ToList();
            var login = await LogInAsync(some, times: 1);
            // An account says 20 times at once what it remembers.
            var repeated = await LogInAsync(some, times: 10);
            var rings = tokens.Skip(i * resumed).Take(resumed).Chunk(resumed / Connections)
                .Select(part => new RequestRing([.. part.Select(token => $"inbox {token}\r\n")], depth: 1, isEndless: false));
            using var resume = await ClosedLoop.ConnectAsync(silo.EndPoint, rings, depth: 1, cancellationToken, ReplyPattern.Ok);
            var use = await resume.RunToEndAsync(meter, cancellationToken);
            progress($"{Name}, round {i} of {options.Rounds}: {login.Rate:N0} logins/s, {repeated.Rate:N0} again, {use.Rate:N0} resumed/s");
            if (i == 0) continue;
            logins.Add(login);
            again.Add(repeated);
            uses.Add(use);
        }
        return [new Result(Name, "with a password, first", Round.Summarize(logins)),
            new Result(Name, "with a password, again", Round.Summarize(again)),
            new Result(Name, "by token, on a session not in memory", Round.Summarize(uses))];

        async Task<Round> LogInAsync(List<NewAccount> some, int times)
        {
            var rings = some.Chunk(FirstLogins / Connections).Select(part => new RequestRing(
                [.. Enumerable.Repeat(part, times).SelectMany(p => p).Select(account => $"auth {account.UserName} {account.Password}\r\n")],
                depth: 1, isEndless: false));
            using var loop = await ClosedLoop.ConnectAsync(silo.EndPoint, rings, depth: 1, cancellationToken, ReplyPattern.Ok);
            return await loop.RunToEndAsync(meter, cancellationToken);
        }
    }
}
