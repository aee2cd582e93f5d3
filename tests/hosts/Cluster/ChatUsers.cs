using System.Text;
using OrleansChat.GrainInterfaces;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Hosts.Tests.Contract.Grains;
using OrleansChat.Identifiers;
using OrleansChat.Storage.Accounts;
using OrleansChat.Tests.Shared;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What tests do as users of the service.</summary>
internal static class ChatUsers
{
    /// <summary>Hashing is not what is tested.</summary>
    public const int Iterations = 1_000;

    public const string Password = "correct-horse";

    /// <summary>The name of the connection over which everything comes.</summary>
    public const string Connection = "connection";

    /// <summary>Adds a user who has not existed before, under a name that begins as given.</summary>
    public static async Task<string> AddUserAsync(this PostgresFixture postgres, string name)
    {
        name += "-" + Guid.NewGuid().ToString("N")[..12];
        var passwords = new Passwords(Iterations);
        await new AccountStore(postgres.DataSource, passwords).AddAsync(name, name, Password);
        return name;
    }

    public static async Task SetPasswordAsync(this PostgresFixture postgres, string user, string password)
    {
        var passwords = new Passwords(Iterations);
        await new AccountStore(postgres.DataSource, passwords).SetPasswordAsync(user, password);
    }

    /// <summary>Whether a session is stored, dead or alive.</summary>
    public static async Task<bool> HasRowAsync(this PostgresFixture postgres, TestSession session)
    {
        await using var command = postgres.DataSource.CreateCommand(
            "SELECT count(*) FROM orleansstorage WHERE graintypestring = 'session' AND grainidextensionstring = $1");
        command.Parameters.Add(new() { Value = session.Key });
        return (long)(await command.ExecuteScalarAsync())! > 0;
    }

    /// <summary>A message as the gateway makes it.</summary>
    public static OutgoingMessage Message(string recipient, string text)
        => new(MessageId.New(DateTimeOffset.UtcNow), recipient, Encoding.UTF8.GetBytes(text), null);

    public static string TextOf(this InboxMessage message) => Encoding.UTF8.GetString(message.Text);

    /// <summary>Calls until there is an answer, as a gateway's clients do while a silo is dying.</summary>
    public static async Task<T> UntilAnswered<T>(Func<Task<T>> call)
    {
        using var patience = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            try
            {
                return await call().InTime();
            }
            catch (Exception e) when (e is OrleansException or TimeoutException && !patience.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }
    }
}
