using Microsoft.Extensions.Options;
using OrleansChat.GrainInterfaces;
using OrleansChat.Limits;
using OrleansChat.Storage.Conversations;

namespace OrleansChat.Grains.Server;

/// <summary>
/// Asks the database, and remembers nothing of that: gateways do. Registrations of all gateways are counted here, in memory.
/// </summary>
[GrainType("server")]
public sealed class ServerGrain(IConversations conversations, IOptions<AccountRules> rules, LimitMetrics metrics, TimeProvider time)
    : Grain, IServerGrain
{
    private readonly HourlyLimit _registrations =
        new(rules.Value.RegistrationsPerHour, rules.Value.RegistrationsPerAddress, time);

    /// <inheritdoc/>
    public Task<string> GetEpoch() => conversations.GetEpochAsync();

    /// <inheritdoc/>
    public Task<RegistrationInfo> GetRegistration() =>
        Task.FromResult(new RegistrationInfo(rules.Value.Registration, rules.Value.MinPasswordLength));

    /// <inheritdoc/>
    public Task<bool> TakeRegistration(string address)
    {
        // What it counts would be gone with it.
        DelayDeactivation(TimeSpan.FromHours(1));
        if (_registrations.TryTake(address)) return Task.FromResult(true);
        metrics.Hit(LimitNames.Registrations, address);
        return Task.FromResult(false);
    }

    /// <inheritdoc/>
    public Task GiveBackRegistration(string address)
    {
        _registrations.GiveBack(address);
        return Task.CompletedTask;
    }
}
