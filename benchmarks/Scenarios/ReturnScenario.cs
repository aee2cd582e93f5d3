using System.Net;
using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;
using OrleansChat.Bench.Versions;

namespace OrleansChat.Bench.Scenarios;

/// <summary>
/// A gateway restarts, and everybody who was on it logs in again at once, with passwords that the silo has checked before.
/// </summary>
internal sealed class ReturnScenario : IScenario
{
    private const int Users = 1_000, Addresses = 10;

    public string Name => "return";

    public string Summary => $"{Users:N0} users log in again, from {Addresses} addresses, after the restart of their gateway.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        const string password = "password-of-all";
        var users = await database.AddUsersAsync("person", Users, cancellationToken, password);
        progress($"{Name}: logging {Users:N0} users in, which hashes a password for each");
        await using var silo = ServerProcess.StartMember(options, database.ConnectionString);
        await database.WaitForSilosAsync(1, cancellationToken);
        await using (var before = await ServerProcess.StartGatewayAsync(options, database.ConnectionString, cancellationToken))
            await Logins.OpenAsync(
                before.EndPoint, [.. users.Select(user => (user.Name, password))], cancellationToken);

        List<Round> rounds = [];
        while (rounds.Count < options.Rounds)
        {
            await using var gateway = await ServerProcess.StartServiceAsync(
                options.GatewayProgram, database.ConnectionString, [], cancellationToken);
            var meter = new CpuMeter([silo.Id, gateway.Id], database.PostmasterId);
            var logins = users.Select(user => $"auth {user.Name} {password}\r\n");
            using var crowd = await ClosedLoop.ConnectAsync(
                gateway.EndPoint, logins.Select(login => new RequestRing([login], depth: 1, isEndless: false)),
                depth: 1, cancellationToken, ReplyPattern.Ok,
                [.. Enumerable.Range(2, Addresses).Select(i => IPAddress.Parse($"127.0.0.{i}"))]);
            rounds.Add(await crowd.RunToEndAsync(meter, cancellationToken));
            progress($"{Name}, round {rounds.Count} of {options.Rounds}: {rounds[^1].Seconds:F2} s");
        }
        return [new Result(Name, $"{Users:N0} logins again", [
            Measure.Of("all of them", "s", rounds.Select(round => round.Seconds)), .. Round.Summarize(rounds)])];
    }
}
