from qingshou.cli.main import main

main()
