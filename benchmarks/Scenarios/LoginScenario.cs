using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>Logins with real passwords, whose cost is the hashing; and sessions resumed by token, which need no hashing.</summary>
internal sealed class LoginScenario : IScenario
{
    private const int Connections = 32;

    public string Name => "login";

    public string Summary => $"Logins with passwords, and sessions resumed by token; {Connections} connections.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        const int resumed = 3_200;
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var accounts = await database.AddAccountsAsync("person", Connections, cancellationToken);
        var tokens = await database.AddSessionsAsync(resumed * (options.Rounds + 1), cancellationToken);
        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        var meter = new CpuMeter([silo.Id], database.PostmasterId);

        using var login = await ClosedLoop.ConnectAsync(
            silo.EndPoint, accounts.Select(account => new RequestRing([$"auth {account.UserName} {account.Password}\r\n"], depth: 1)),
            depth: 1, cancellationToken, ReplyPattern.Ok);
        List<Round> logins = [], uses = [];
        for (var i = 0; i <= options.Rounds; i++)
        {
            var round = await login.RunAsync(i == 0 ? options.WarmUp : TimeSpan.Zero, options.Measured, meter, cancellationToken);
            var rings = tokens.Skip(i * resumed).Take(resumed).Chunk(resumed / Connections)
                .Select(some => new RequestRing([.. some.Select(token => $"inbox {token}\r\n")], depth: 1, isEndless: false));
            using var resume = await ClosedLoop.ConnectAsync(silo.EndPoint, rings, depth: 1, cancellationToken, ReplyPattern.Ok);
            var use = await resume.RunToEndAsync(meter, cancellationToken);
            progress($"{Name}, round {i} of {options.Rounds}: {round.Rate:N0} logins/s, {use.Rate:N0} resumed/s");
            if (i == 0) continue;
            logins.Add(round);
            uses.Add(use);
        }
        return [new Result(Name, "with a password", Round.Summarize(logins)),
            new Result(Name, "by token, on a session not in memory", Round.Summarize(uses))];
    }
}
