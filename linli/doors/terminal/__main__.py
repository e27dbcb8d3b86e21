from linli.doors.terminal.app import main

main()
