using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrleansChat.Storage.Accounts;
using OrleansChat.Storage.Logs;
using OrleansChat.Storage.Postgres;
using OrleansChat.Storage.Schema;
using OrleansChat.Storage.Sessions;

namespace OrleansChat.Storage;

/// <summary>Registers the storage with a host's services.</summary>
public static class StorageHosting
{
    /// <summary>
    /// Adds everything in this folder as singletons. The host's start takes the host lock, migrates the schema, or only checks
    /// it, and reads what the server promises, before any other hosted service starts; a start that cannot do it fails.
    /// </summary>
    public static IServiceCollection AddChatStorage(this IServiceCollection services, StorageOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton<Database>();
        services.AddSingleton(provider => provider.GetRequiredService<Database>().DataSource);
        services.AddSingleton<IMailbox, Mailbox>();
        services.AddSingleton<MailboxPurge>();
        services.AddSingleton<SessionTable>();
        services.AddSingleton<ISessionTable>(provider => provider.GetRequiredService<SessionTable>());
        services.AddSingleton<IAccountChanges>(provider => provider.GetRequiredService<SessionTable>());
        services.AddSingleton(_ => new Passwords(concurrency: options.PasswordHashes));
        services.AddSingleton<IPasswordVerifier>(provider => provider.GetRequiredService<Passwords>());
        services.AddSingleton<AccountStore>();
        if (options.Host is { } kind)
            services.AddSingleton(provider => new HostLock(
                provider.GetRequiredService<Database>(), kind, ProgramSchema.OfThisProgram, provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HostLock>>()));
        services.AddHostedService<StorageStartup>();
        return services;
    }
}
