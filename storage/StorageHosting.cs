using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrleansChat.Limits;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Conversations;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Push;
using OrleansChat.Storage.Retention;
using OrleansChat.Storage.Rooms;
using OrleansChat.Storage.Schema;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage;

/// <summary>Registers the storage with a host's services.</summary>
public static class StorageHosting
{
    /// <summary>
    /// Adds the storage services as singletons. Before any other hosted service starts, the host takes the host lock, migrates
    /// or checks the schema, and reads the server's durability; if any of this fails, the start fails.
    /// </summary>
    public static IServiceCollection AddChatStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<Database>();
        services.AddSingleton(provider => provider.GetRequiredService<Database>().DataSource);
        services.AddSingleton<IMailbox, Mailbox>();
        services.AddSingleton<MailboxPurge>();
        services.AddSingleton<ReceiptPurge>();
        services.AddSingleton<IConversations, Conversations.Conversations>();
        services.TryAddSingleton<RoomLimits>();
        services.AddSingleton<RoomStore>();
        services.AddSingleton<IRooms>(provider => provider.GetRequiredService<RoomStore>());
        services.AddSingleton<IRoomChanges>(provider => provider.GetRequiredService<RoomStore>());
        services.AddSingleton<ILogTails, LogTails>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<ISessionTable>(provider => provider.GetRequiredService<SessionTable>());
        services.AddSingleton<IAccountChanges>(provider => provider.GetRequiredService<SessionTable>());
        services.AddSingleton(_ => new Passwords(concurrency: options.PasswordHashes));
        services.AddSingleton<IPasswordVerifier>(provider => provider.GetRequiredService<Passwords>());
        services.AddSingleton<AccountStore>();
        services.AddSingleton<IOwnAccounts, OwnAccounts>();
        services.AddSingleton<IRegistrations, Registrations>();
        if (options.Host is { } kind)
            services.AddSingleton(provider => new HostLock(
                provider.GetRequiredService<Database>(), kind, ProgramSchema.OfThisProgram, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HostLock>>()));
        services.AddHostedService<StorageStartup>();
        return services;
    }
}
